DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('users') AND conname = 'users_name_key') THEN
ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE (name);
END IF;
END $bootsmoke$;
