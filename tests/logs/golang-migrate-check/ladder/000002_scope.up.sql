ALTER TABLE grants ADD COLUMN IF NOT EXISTS scope text;

-- only the scopes that the server knows
ALTER TABLE grants
    ADD CONSTRAINT grants_scope_enum CHECK (scope IN ('global', 'profile'));
