DO $bootsmoke$ BEGIN
IF to_regclass('roles') IS NULL THEN
CREATE TABLE IF NOT EXISTS roles (
    name TEXT PRIMARY KEY
);

DELETE FROM roles;
END IF;
END $bootsmoke$;

INSERT INTO roles (name) VALUES ('admin'), ('auditor') ON CONFLICT (name) DO NOTHING;
