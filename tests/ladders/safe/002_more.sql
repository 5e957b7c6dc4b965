CREATE TABLE IF NOT EXISTS roles (
    name TEXT PRIMARY KEY
);

INSERT INTO roles (name) VALUES ('admin') ON CONFLICT (name) DO NOTHING;

ALTER TABLE users ADD COLUMN IF NOT EXISTS role TEXT REFERENCES roles (name);

CREATE INDEX IF NOT EXISTS users_role_idx ON users (role);

CREATE OR REPLACE VIEW admins AS SELECT id, name FROM users WHERE role = 'admin';

COMMENT ON VIEW admins IS 'Who may do everything';

GRANT SELECT ON admins TO PUBLIC;
