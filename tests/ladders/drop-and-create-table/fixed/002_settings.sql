DO $bootsmoke$ BEGIN
IF to_regclass('settings') IS NULL THEN
DROP TABLE IF EXISTS settings;
END IF;
END $bootsmoke$;

CREATE TABLE IF NOT EXISTS settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

INSERT INTO settings (name, value) VALUES ('theme', 'dark') ON CONFLICT (name) DO NOTHING;
