-- An offer is a grant that waits for the recipient's consent. It ends once: accepted, declined, retracted by
-- who made it, or superseded by another offer of the same role and scope that was accepted first.

CREATE TABLE IF NOT EXISTS role_grant_offer (
    id                      UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id               TEXT        NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    from_actor_id           TEXT        NOT NULL,
    to_account_id           UUID        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Who exactly gets the grant; NULL for whichever key of the account accepts.
    to_actor_id             TEXT,
    role                    TEXT        NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    scope_kind              TEXT,
    scope_id                UUID,
    message                 TEXT,
    created_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at              TIMESTAMPTZ NOT NULL,
    accepted_at             TIMESTAMPTZ,
    declined_at             TIMESTAMPTZ,
    decline_reason          TEXT,
    retracted_at            TIMESTAMPTZ,
    superseded_at           TIMESTAMPTZ,
    -- A grant that is revoked takes its offer along: an accepted offer always has its grant.
    resulting_role_grant_id UUID        REFERENCES actor_roles (id) ON DELETE CASCADE,
    CONSTRAINT role_grant_offer_scope_kind_enum CHECK (scope_kind IN ('profile', 'issuer')),
    CONSTRAINT role_grant_offer_scope_kind_paired CHECK ((scope_kind IS NULL) = (scope_id IS NULL)),
    CONSTRAINT role_grant_offer_single_terminal
        CHECK (num_nonnulls(accepted_at, declined_at, retracted_at, superseded_at) <= 1),
    CONSTRAINT role_grant_offer_accepted_has_grant
        CHECK ((accepted_at IS NULL) = (resulting_role_grant_id IS NULL)),
    CONSTRAINT role_grant_offer_reason_needs_decline CHECK (decline_reason IS NULL OR declined_at IS NOT NULL)
);

-- At most one pending offer of a role and scope from one grantor to one account. Offers without a scope are of
-- one scope too: the sentinels stand for it inside of the index. Scope kinds are lower-case, so that 'GLOBAL'
-- is none of them.
CREATE UNIQUE INDEX IF NOT EXISTS role_grant_offer_pending_unique ON role_grant_offer (
    to_account_id, role,
    COALESCE(scope_kind, 'GLOBAL'),
    COALESCE(scope_id, '00000000-0000-0000-0000-000000000000'::uuid),
    from_actor_id
) WHERE accepted_at IS NULL AND declined_at IS NULL AND retracted_at IS NULL AND superseded_at IS NULL;

-- An account's inbox, soonest expiry first.
CREATE INDEX IF NOT EXISTS role_grant_offer_inbox ON role_grant_offer (to_account_id, expires_at)
    WHERE accepted_at IS NULL AND declined_at IS NULL AND retracted_at IS NULL AND superseded_at IS NULL;

CREATE INDEX IF NOT EXISTS role_grant_offer_grant ON role_grant_offer (resulting_role_grant_id)
    WHERE resulting_role_grant_id IS NOT NULL;
