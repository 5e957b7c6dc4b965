-- BROKEN ON PURPOSE: the last INSERT leaves tenant_id NULL, as if a service belonged to no tenant. The column
-- is part of the grant's key and NOT NULL: the first boot stops here with 23502.
--
-- Roles, what they permit, and who holds them, per tenant.

CREATE TABLE IF NOT EXISTS tenants (
    id         TEXT        PRIMARY KEY,
    name       TEXT        NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS roles (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    CONSTRAINT roles_tenant_id_name_key UNIQUE (tenant_id, name)
);

CREATE TABLE IF NOT EXISTS permissions (
    id          TEXT PRIMARY KEY,
    namespace   TEXT NOT NULL,
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS role_permissions (
    role_id       TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    permission_id TEXT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, permission_id)
);

-- One grant of a role to an actor. 000043 gives it a scope, and widens the unique key by it.
CREATE TABLE IF NOT EXISTS actor_roles (
    id         UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
    actor_id   TEXT        NOT NULL,
    actor_type TEXT        NOT NULL,
    role_id    TEXT        NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    tenant_id  TEXT        NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    granted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ,
    CONSTRAINT actor_roles_actor_type_enum CHECK (actor_type IN ('api_key', 'user', 'service')),
    CONSTRAINT actor_roles_actor_role_tenant_key UNIQUE (actor_id, actor_type, role_id, tenant_id)
);

INSERT INTO tenants (id, name) VALUES
    ('t-default', 'Default')
ON CONFLICT (id) DO NOTHING;

INSERT INTO roles (id, tenant_id, name, description) VALUES
    ('r-admin',    't-default', 'admin',    'May do everything'),
    ('r-operator', 't-default', 'operator', 'Issues, renews and revokes certificates'),
    ('r-auditor',  't-default', 'auditor',  'Reads everything, changes nothing')
ON CONFLICT (id) DO NOTHING;

INSERT INTO permissions (id, namespace, name, description) VALUES
    ('p-certificates-read',   'certificates', 'certificates.read',   'See certificates'),
    ('p-certificates-issue',  'certificates', 'certificates.issue',  'Have certificates signed'),
    ('p-certificates-revoke', 'certificates', 'certificates.revoke', 'Revoke certificates'),
    ('p-roles-read',          'roles',        'roles.read',          'See who holds which role'),
    ('p-roles-grant',         'roles',        'roles.grant',         'Grant and revoke roles'),
    ('p-audit-read',          'audit',        'audit.read',          'Read the audit trail')
ON CONFLICT (id) DO NOTHING;

-- The pairs are written out. A SELECT over permissions would, on a warm boot, also find those that later
-- files added, and grant at the second boot what the first did not.
INSERT INTO role_permissions (role_id, permission_id) VALUES
    ('r-admin',    'p-certificates-read'),
    ('r-admin',    'p-certificates-issue'),
    ('r-admin',    'p-certificates-revoke'),
    ('r-admin',    'p-roles-read'),
    ('r-admin',    'p-roles-grant'),
    ('r-admin',    'p-audit-read'),
    ('r-operator', 'p-certificates-read'),
    ('r-operator', 'p-certificates-issue'),
    ('r-operator', 'p-certificates-revoke'),
    ('r-auditor',  'p-certificates-read'),
    ('r-auditor',  'p-roles-read'),
    ('r-auditor',  'p-audit-read')
ON CONFLICT (role_id, permission_id) DO NOTHING;

-- ON CONFLICT names no key here, on purpose: on a cold boot the table has the narrow key from above, on a
-- warm boot the one that 000043 put in its place, and a target must name a key that exists. Without a
-- target either key, and the fixed id, turns the second copy away.
INSERT INTO actor_roles (id, actor_id, actor_type, role_id, tenant_id) VALUES
    ('5eed0029-0000-4000-8000-000000000001', 'renewal-scheduler', 'service', 'r-operator', NULL)
ON CONFLICT DO NOTHING;
