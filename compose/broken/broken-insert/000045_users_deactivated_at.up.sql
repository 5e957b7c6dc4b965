-- BROKEN ON PURPOSE: the INSERT into permissions says neither id nor namespace, which have no default and are
-- NOT NULL: the first boot stops there with 23502.
--
-- People leave: an account is deactivated, never deleted, so that the audit trail keeps its names.

ALTER TABLE users
    ADD COLUMN IF NOT EXISTS deactivated_at TIMESTAMPTZ;

CREATE INDEX IF NOT EXISTS idx_users_active ON users (tenant_id) WHERE deactivated_at IS NULL;

INSERT INTO permissions (name, description) VALUES
    ('users.read',       'See accounts'),
    ('users.deactivate', 'Deactivate and reactivate accounts')
ON CONFLICT (name) DO NOTHING;

INSERT INTO role_permissions (role_id, permission_id) VALUES
    ('r-admin',   'p-users-read'),
    ('r-admin',   'p-users-deactivate'),
    ('r-auditor', 'p-users-read')
ON CONFLICT (role_id, permission_id) DO NOTHING;
