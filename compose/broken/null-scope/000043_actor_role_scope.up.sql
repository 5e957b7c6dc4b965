-- BROKEN ON PURPOSE: the key is a plain UNIQUE, and the seed row has no scope_id. Two NULLs never collide, so that
-- ON CONFLICT finds nothing and every boot adds the row once more (drift, no SQLSTATE).
--
-- A grant holds everywhere (global), or for one profile or one issuer only. One actor can hold one role
-- on several of them. Grants from before this file become global.

ALTER TABLE actor_roles
    ADD COLUMN IF NOT EXISTS scope_type TEXT NOT NULL DEFAULT 'global',
    ADD COLUMN IF NOT EXISTS scope_id   TEXT;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conname = 'actor_roles_scope_type_enum'
          AND conrelid = 'actor_roles'::regclass
    ) THEN
        ALTER TABLE actor_roles
            ADD CONSTRAINT actor_roles_scope_type_enum
            CHECK (scope_type IN ('global', 'profile', 'issuer'));
    END IF;
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conname = 'actor_roles_scope_id_required_when_not_global'
          AND conrelid = 'actor_roles'::regclass
    ) THEN
        ALTER TABLE actor_roles
            ADD CONSTRAINT actor_roles_scope_id_required_when_not_global
            CHECK ((scope_type = 'global') = (scope_id IS NULL));
    END IF;
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conname = 'actor_roles_actor_role_scope_tenant_key'
          AND conrelid = 'actor_roles'::regclass
    ) THEN
        ALTER TABLE actor_roles
            ADD CONSTRAINT actor_roles_actor_role_scope_tenant_key
            UNIQUE (actor_id, actor_type, role_id, scope_type, scope_id, tenant_id);
    END IF;
END
$$;

ALTER TABLE actor_roles
    DROP CONSTRAINT IF EXISTS actor_roles_actor_role_tenant_key;

CREATE INDEX IF NOT EXISTS idx_actor_roles_scope
    ON actor_roles (scope_type, scope_id) WHERE scope_type <> 'global';

INSERT INTO actor_roles (actor_id, actor_type, role_id, tenant_id)
VALUES ('backup-runner', 'service', 'r-auditor', 't-default')
ON CONFLICT ON CONSTRAINT actor_roles_actor_role_scope_tenant_key DO NOTHING;
