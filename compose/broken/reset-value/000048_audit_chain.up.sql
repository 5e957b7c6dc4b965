-- BROKEN ON PURPOSE: the DO block sets the head of the chain back to the genesis at every boot, although there is
-- one. Nothing fails: the warm boot is ready, and the audit trail has lost its chain (drift, no SQLSTATE).
--
-- The audit trail is a chain: the head is the hash of the last event and of the head before it, so that an event
-- that is changed or taken out later shows. One row, which every audit row moves on.

CREATE TABLE IF NOT EXISTS audit_chain_head (
    id     BOOLEAN PRIMARY KEY DEFAULT true,
    length BIGINT  NOT NULL,
    head   BYTEA   NOT NULL,
    CONSTRAINT audit_chain_head_single CHECK (id),
    CONSTRAINT audit_chain_head_is_sha256 CHECK (octet_length(head) = 32)
);

DO $$
BEGIN
    INSERT INTO audit_chain_head (length, head) VALUES (0, sha256('genesis'))
    ON CONFLICT (id) DO UPDATE SET length = 0, head = sha256('genesis');
END
$$;
