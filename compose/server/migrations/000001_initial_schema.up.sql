-- The core of a small certificate manager: who signs (issuers), under which rules (profiles), what was
-- signed (certificates), and what waits for a second pair of eyes (approval_requests).
--
-- The server runs every file of this ladder at every boot, each as one simple query and so in one
-- transaction, and keeps no record of what ran before. Every statement must therefore also succeed, and
-- change nothing, on a database where it has already run.
-- Needs Postgres 15 or later: 000043 uses NULLS NOT DISTINCT.

CREATE TABLE IF NOT EXISTS issuers (
    id         TEXT        PRIMARY KEY,
    name       TEXT        NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS profiles (
    id            TEXT        PRIMARY KEY,
    issuer_id     TEXT        NOT NULL REFERENCES issuers (id),
    name          TEXT        NOT NULL UNIQUE,
    validity_days INTEGER     NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT profiles_validity_days_positive CHECK (validity_days > 0)
);

CREATE TABLE IF NOT EXISTS certificates (
    id            UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
    profile_id    TEXT        NOT NULL REFERENCES profiles (id),
    serial_number TEXT        NOT NULL UNIQUE,
    common_name   TEXT        NOT NULL,
    not_before    TIMESTAMPTZ NOT NULL,
    not_after     TIMESTAMPTZ NOT NULL,
    revoked_at    TIMESTAMPTZ,
    CONSTRAINT certificates_validity_ordered CHECK (not_before < not_after)
);

CREATE INDEX IF NOT EXISTS idx_certificates_not_after ON certificates (not_after) WHERE revoked_at IS NULL;

CREATE TABLE IF NOT EXISTS approval_requests (
    id             UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
    certificate_id UUID        REFERENCES certificates (id) ON DELETE CASCADE,
    requested_by   TEXT        NOT NULL,
    requested_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    decided_by     TEXT,
    decided_at     TIMESTAMPTZ,
    CONSTRAINT approval_requests_decision_paired CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);

INSERT INTO issuers (id, name) VALUES
    ('iss-local', 'Local CA')
ON CONFLICT (id) DO NOTHING;

INSERT INTO profiles (id, issuer_id, name, validity_days) VALUES
    ('prof-server', 'iss-local', 'Server certificates', 90),
    ('prof-client', 'iss-local', 'Client certificates', 30)
ON CONFLICT (id) DO NOTHING;
