DO $bootsmoke$ BEGIN
IF to_regclass('users') IS NULL AND to_regclass('people') IS NULL THEN
CREATE TABLE IF NOT EXISTS users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
END IF;
END $bootsmoke$;
