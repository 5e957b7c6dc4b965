DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('users') AND conname = 'users_id_positive') THEN
DO $$
BEGIN
    ALTER TABLE users ADD CONSTRAINT users_id_positive CHECK (id > 0);
END
$$;
END IF;
END $bootsmoke$;
