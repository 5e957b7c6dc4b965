CREATE TABLE IF NOT EXISTS a_rows (id int PRIMARY KEY, name text);
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY, name text);
CREATE TABLE IF NOT EXISTS c (id int PRIMARY KEY, name text);
INSERT INTO b (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING;
UPDATE b SET name = 'y' WHERE id = 2;
DELETE FROM b WHERE id = 3;
INSERT INTO c (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING;
-- file: 002.sql
DROP TABLE b;
CREATE VIEW b AS SELECT id, max(name) AS name FROM a_rows GROUP BY id;
DROP TABLE c;
CREATE VIEW c AS SELECT id, name FROM a_rows;
