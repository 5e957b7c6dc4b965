DO $bootsmoke$ BEGIN
IF to_regclass('grants') IS NULL THEN
CREATE TABLE IF NOT EXISTS grants (
    id    UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    role  TEXT NOT NULL,
    scope TEXT,
    UNIQUE (role, scope)
);

INSERT INTO grants (role, scope) VALUES ('admin', NULL)
ON CONFLICT (role, scope) DO NOTHING;
END IF;
END $bootsmoke$;
