DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('users') AND attname = 'email') THEN
ALTER TABLE users DROP COLUMN IF EXISTS email;
END IF;
END $bootsmoke$;

ALTER TABLE users ADD COLUMN IF NOT EXISTS email TEXT;
