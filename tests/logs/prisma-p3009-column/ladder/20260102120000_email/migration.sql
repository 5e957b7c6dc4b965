CREATE INDEX IF NOT EXISTS actors_name_idx ON actors (name);
ALTER TABLE actors ADD COLUMN email text;
UPDATE actors SET email = name || '@example.org' WHERE email IS NULL;
