ALTER TABLE users ADD COLUMN IF NOT EXISTS kind TEXT NOT NULL DEFAULT 'person';

DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('users') AND conname = 'users_kind_enum') THEN
ALTER TABLE users
    ADD CONSTRAINT users_kind_enum CHECK (kind IN ('person', 'robot'));
END IF;
END $bootsmoke$;
