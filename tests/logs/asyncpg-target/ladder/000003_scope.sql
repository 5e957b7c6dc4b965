ALTER TABLE grants ADD COLUMN IF NOT EXISTS scope text NOT NULL DEFAULT 'global';
ALTER TABLE grants DROP CONSTRAINT IF EXISTS grants_key;
CREATE UNIQUE INDEX IF NOT EXISTS grants_scope_key ON grants (actor_id, role, scope);
