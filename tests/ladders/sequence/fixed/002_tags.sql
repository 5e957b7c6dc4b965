DO $bootsmoke$ BEGIN
IF to_regclass('tags') IS NULL THEN
CREATE TABLE IF NOT EXISTS tags (
    id   SERIAL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Turned away by the key, and yet each boot burns two numbers.
INSERT INTO tags (name) VALUES ('a'), ('b')
ON CONFLICT (name) DO NOTHING;
END IF;
END $bootsmoke$;
