BEGIN;
CREATE TABLE IF NOT EXISTS users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
COMMIT;

BEGIN;
CREATE INDEX IF NOT EXISTS users_name_idx ON users (name);
CREATE INDEX IF NOT EXISTS users_id_name_idx ON users (id, name);
COMMIT;
