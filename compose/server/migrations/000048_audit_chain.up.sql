-- The audit trail is a chain: the head is the hash of the last event and of the head before it, so that an event
-- that is changed or taken out later shows. One row, which every audit row moves on.

CREATE TABLE IF NOT EXISTS audit_chain_head (
    id     BOOLEAN PRIMARY KEY DEFAULT true,
    length BIGINT  NOT NULL,
    head   BYTEA   NOT NULL,
    CONSTRAINT audit_chain_head_single CHECK (id),
    CONSTRAINT audit_chain_head_is_sha256 CHECK (octet_length(head) = 32)
);

-- The chain begins at the first boot, and is left alone at every other one.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_chain_head) THEN
        INSERT INTO audit_chain_head (length, head) VALUES (0, sha256('genesis'));
    END IF;
END
$$;
