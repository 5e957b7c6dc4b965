CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, email text, role text DEFAULT 'user', created_at timestamptz DEFAULT now());
DO $$
DECLARE constraint_name text;
BEGIN
  SELECT tc.constraint_name INTO constraint_name
  FROM information_schema.table_constraints tc
  JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name AND tc.table_schema = kcu.table_schema
  WHERE tc.table_name = 'users' AND tc.constraint_type = 'UNIQUE' AND kcu.column_name = 'email';
  IF constraint_name IS NULL THEN
    EXECUTE 'ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE (email)';
  END IF;
END $$;
DO $do$
BEGIN
   IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'my_user') THEN
      RAISE NOTICE 'Role "my_user" already exists. Skipping.';
   ELSE
      CREATE ROLE my_user LOGIN PASSWORD 'my_password';
   END IF;
END
$do$;
DO $$ BEGIN
  CREATE ROLE anon NOLOGIN; EXCEPTION WHEN duplicate_object THEN RAISE NOTICE '%, skipping', SQLERRM USING ERRCODE = SQLSTATE;
END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'user_role' AND typtype = 'e') THEN CREATE TYPE user_role AS ENUM ('admin','user'); END IF; END $$;
DO $$ BEGIN
 IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name='users' AND column_name='role' AND data_type='text') THEN
   ALTER TABLE users ALTER COLUMN role DROP DEFAULT;
   ALTER TABLE users ALTER COLUMN role TYPE user_role USING role::user_role;
   ALTER TABLE users ALTER COLUMN role SET DEFAULT 'user';
 END IF; END $$;
DO $$ BEGIN
 IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name='users' AND column_name='role' AND udt_name='user_role') THEN
   ALTER TABLE users ADD COLUMN IF NOT EXISTS has_role boolean;
 END IF; END $$;
DO $$ DECLARE v int; BEGIN
  SELECT count(*) INTO v FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname = 'user_role';
  IF v < 3 THEN EXECUTE 'ALTER TYPE user_role ADD VALUE ''owner'''; END IF;
END $$;
ALTER TYPE user_role ADD VALUE IF NOT EXISTS 'guest';
DO $$ BEGIN ALTER TYPE user_role ADD VALUE 'owner'; EXCEPTION WHEN duplicate_object THEN null; END $$;
DO $$ BEGIN ALTER TYPE user_role RENAME VALUE 'guest' TO 'visitor'; EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'x'; END $$;
DO $$ BEGIN ALTER TYPE user_role RENAME VALUE 'user' TO 'member'; END $$;
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'users_created_idx') THEN
        CREATE INDEX users_created_idx ON users (created_at);
    END IF;
    IF EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 'users' AND indexname = 'users_created_idx') THEN
        ALTER INDEX users_created_idx RENAME TO users_created_at_idx;
    END IF;
END $$;
DO LANGUAGE plpgsql $$ BEGIN PERFORM 1 FROM pg_trigger WHERE tgname = 'nothing'; IF NOT FOUND THEN CREATE TABLE once (a int); END IF; END $$;
