-- The keys that callers show. Only a SHA-256 of a key is stored, never the key.

CREATE TABLE IF NOT EXISTS api_keys (
    id         UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id  TEXT        NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name       TEXT        NOT NULL,
    origin     TEXT        NOT NULL,
    key_hash   BYTEA       NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    revoked_at TIMESTAMPTZ,
    CONSTRAINT api_keys_origin_enum CHECK (origin IN ('bootstrap', 'issued')),
    CONSTRAINT api_keys_key_hash_is_sha256 CHECK (octet_length(key_hash) = 32)
);

-- A tenant gets one day-0 key, ever: a second one is turned away here, whichever server asks and however
-- many ask at once. A revoked key keeps its row, so revoking it does not open the door again.
CREATE UNIQUE INDEX IF NOT EXISTS api_keys_one_bootstrap ON api_keys (tenant_id) WHERE origin = 'bootstrap';
