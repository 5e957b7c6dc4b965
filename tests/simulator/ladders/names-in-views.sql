CREATE TABLE a (id int PRIMARY KEY, old text, kept text);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);
CREATE OR REPLACE VIEW v AS SELECT b.id, a.kept FROM b JOIN a ON a.id = b.a_id;
CREATE INDEX IF NOT EXISTS on_old ON a (old);
UPDATE a SET old = 'x' WHERE kept IS NULL;
SELECT kept, b.a_id FROM a, b;
INSERT INTO b (id, a_id) SELECT 1, id FROM a WHERE old = 'y';
-- file: 002.sql
ALTER TABLE a DROP COLUMN IF EXISTS old;
ALTER TABLE b ADD COLUMN IF NOT EXISTS kept text;
