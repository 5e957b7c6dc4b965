CREATE TABLE IF NOT EXISTS users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

DO $bootsmoke$ BEGIN
IF to_regclass('names') IS NULL THEN
CREATE OR REPLACE VIEW names AS SELECT id FROM users;
END IF;
END $bootsmoke$;
