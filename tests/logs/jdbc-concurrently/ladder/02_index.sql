ALTER TABLE grants ADD COLUMN IF NOT EXISTS note text;
CREATE INDEX CONCURRENTLY grants_role_idx ON grants (role);
