-- People leave: an account is deactivated, never deleted, so that the audit trail keeps its names.

ALTER TABLE users
    ADD COLUMN IF NOT EXISTS deactivated_at TIMESTAMPTZ;

CREATE INDEX IF NOT EXISTS idx_users_active ON users (tenant_id) WHERE deactivated_at IS NULL;

-- permissions has no default for id and namespace: every row says both.
INSERT INTO permissions (id, namespace, name, description) VALUES
    ('p-users-read',       'users', 'users.read',       'See accounts'),
    ('p-users-deactivate', 'users', 'users.deactivate', 'Deactivate and reactivate accounts')
ON CONFLICT (id) DO NOTHING;

INSERT INTO role_permissions (role_id, permission_id) VALUES
    ('r-admin',   'p-users-read'),
    ('r-admin',   'p-users-deactivate'),
    ('r-auditor', 'p-users-read')
ON CONFLICT (role_id, permission_id) DO NOTHING;
