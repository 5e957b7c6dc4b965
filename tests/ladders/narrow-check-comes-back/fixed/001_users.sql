DO $bootsmoke$ BEGIN
IF to_regclass('users') IS NULL THEN
CREATE TABLE IF NOT EXISTS users (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL
);

ALTER TABLE users DROP CONSTRAINT IF EXISTS users_kind_enum;

-- Passes while the table is empty, and with rows of the kind that 002 allows no more.
ALTER TABLE users ADD CONSTRAINT users_kind_enum CHECK (kind = 'person');
END IF;
END $bootsmoke$;
