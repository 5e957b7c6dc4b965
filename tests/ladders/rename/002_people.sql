ALTER TABLE users RENAME TO people;

ALTER TABLE people RENAME COLUMN name TO full_name;
