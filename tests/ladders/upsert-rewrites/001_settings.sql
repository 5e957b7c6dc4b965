CREATE TABLE IF NOT EXISTS settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

INSERT INTO settings (name, value) VALUES ('theme', 'dark')
ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value;
