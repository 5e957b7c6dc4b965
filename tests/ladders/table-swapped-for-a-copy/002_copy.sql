CREATE TABLE users_new (LIKE users INCLUDING ALL);

INSERT INTO users_new SELECT * FROM users;

DROP TABLE users;

ALTER TABLE users_new RENAME TO users;
