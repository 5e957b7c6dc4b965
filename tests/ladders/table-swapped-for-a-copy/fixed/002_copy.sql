DO $bootsmoke$ BEGIN
IF to_regclass('users_new_pkey') IS NULL THEN
CREATE TABLE users_new (LIKE users INCLUDING ALL);
END IF;
END $bootsmoke$;

DO $bootsmoke$ BEGIN
IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('users') AND conname = 'users_pkey') THEN
INSERT INTO users_new SELECT * FROM users;

DROP TABLE users;
END IF;
END $bootsmoke$;

ALTER TABLE IF EXISTS users_new RENAME TO users;
