-- A key may belong to an account: what is offered to the account, its keys can accept.

ALTER TABLE api_keys
    ADD COLUMN IF NOT EXISTS account_id UUID REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX IF NOT EXISTS idx_api_keys_account ON api_keys (account_id) WHERE account_id IS NOT NULL;
