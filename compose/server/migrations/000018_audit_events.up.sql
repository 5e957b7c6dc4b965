-- What happened, who did it and to what. Written in the transaction of the change that it records.
-- No row is seeded here: an identity column burns a number even for a row that ON CONFLICT turns away,
-- so a seed would move the sequence at every boot.

CREATE TABLE IF NOT EXISTS audit_events (
    id            BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor_id      TEXT        NOT NULL,
    actor_type    TEXT        NOT NULL,
    action        TEXT        NOT NULL,
    resource_type TEXT        NOT NULL,
    resource_id   TEXT        NOT NULL,
    details       JSONB       NOT NULL DEFAULT '{}'
);

CREATE INDEX IF NOT EXISTS idx_audit_events_resource
    ON audit_events (resource_type, resource_id, occurred_at);
