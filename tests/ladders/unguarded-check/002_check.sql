ALTER TABLE users ADD COLUMN IF NOT EXISTS kind TEXT NOT NULL DEFAULT 'person';

ALTER TABLE users
    ADD CONSTRAINT users_kind_enum CHECK (kind IN ('person', 'robot'));
