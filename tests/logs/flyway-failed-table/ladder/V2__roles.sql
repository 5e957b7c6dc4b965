CREATE INDEX IF NOT EXISTS grants_role_idx ON grants (role);
CREATE TABLE roles (
    name text PRIMARY KEY
);
