-- Approvals are asked for more than issuance.

ALTER TABLE approval_requests
    ADD COLUMN IF NOT EXISTS kind TEXT NOT NULL DEFAULT 'issuance';

-- ADD CONSTRAINT has no IF NOT EXISTS: this guard takes its place. Constraint names are unique per table
-- only, so the guard looks for the name on this table (conrelid), not for the name alone.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conname = 'approval_requests_kind_enum'
          AND conrelid = 'approval_requests'::regclass
    ) THEN
        ALTER TABLE approval_requests
            ADD CONSTRAINT approval_requests_kind_enum
            CHECK (kind IN ('issuance', 'revocation', 'role_grant'));
    END IF;
END
$$;
