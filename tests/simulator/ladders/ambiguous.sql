CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, name text);
CREATE TABLE IF NOT EXISTS b (b_id int PRIMARY KEY, a_id int);
CREATE OR REPLACE VIEW v AS SELECT a.id, name FROM a JOIN b ON b.a_id = a.id;
SELECT id, a_id FROM a, b;
SELECT name FROM a JOIN (SELECT b_id FROM b) q ON q.b_id = id ORDER BY name;
SELECT a.name, count(*) AS name FROM a GROUP BY a.name ORDER BY 1;
INSERT INTO a VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO b SELECT id, id FROM a ON CONFLICT DO NOTHING;
UPDATE a SET name = 'y' FROM b WHERE a_id = a.id AND name = 'x';
DELETE FROM a USING b WHERE a.id = b.a_id AND name = 'none';
-- file: 002.sql
ALTER TABLE b ADD COLUMN IF NOT EXISTS name text, ADD COLUMN IF NOT EXISTS id int;
