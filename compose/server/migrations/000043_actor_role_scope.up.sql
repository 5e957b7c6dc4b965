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

-- The wider key, before the narrow one goes. A global grant has no scope_id, and in a plain UNIQUE two
-- NULLs never collide: NULLS NOT DISTINCT keeps two global grants of one role to one actor one grant.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conname = 'actor_roles_actor_role_scope_tenant_key'
          AND conrelid = 'actor_roles'::regclass
    ) THEN
        ALTER TABLE actor_roles
            ADD CONSTRAINT actor_roles_actor_role_scope_tenant_key
            UNIQUE NULLS NOT DISTINCT (actor_id, actor_type, role_id, scope_type, scope_id, tenant_id);
    END IF;
END
$$;

ALTER TABLE actor_roles
    DROP CONSTRAINT IF EXISTS actor_roles_actor_role_tenant_key;

CREATE INDEX IF NOT EXISTS idx_actor_roles_scope
    ON actor_roles (scope_type, scope_id) WHERE scope_type <> 'global';
