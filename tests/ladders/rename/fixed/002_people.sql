ALTER TABLE IF EXISTS users RENAME TO people;

DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('people') AND attname = 'full_name') THEN
ALTER TABLE people RENAME COLUMN name TO full_name;
END IF;
END $bootsmoke$;
