ALTER TABLE grants ADD COLUMN IF NOT EXISTS scope TEXT NOT NULL DEFAULT 'global';

ALTER TABLE grants DROP CONSTRAINT IF EXISTS grants_actor_role_key;

CREATE UNIQUE INDEX IF NOT EXISTS grants_actor_role_scope_key ON grants (actor, role, scope);
