CREATE SCHEMA IF NOT EXISTS auth;
CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
CREATE TABLE IF NOT EXISTS public.profiles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid, name text);
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'profiles' AND policyname = 'own profile') THEN
    CREATE POLICY "own profile" ON profiles FOR SELECT USING (auth.uid() = user_id);
  END IF;
END $$;
DO $$
DECLARE pol record;
BEGIN
  FOR pol IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = 'profiles'
  LOOP
    EXECUTE format('DROP POLICY IF EXISTS %I ON public.profiles', pol.policyname);
  END LOOP;
END $$;
CREATE POLICY "own profile" ON profiles FOR SELECT USING (auth.uid() = user_id);
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I ADD COLUMN deleted_at timestamptz', t);
  END LOOP;
END $$;
DO $$ DECLARE r record; BEGIN
  FOR r IN (SELECT conname, conrelid::regclass AS tbl FROM pg_constraint WHERE contype = 'f' AND confrelid = 'profiles'::regclass) LOOP
    EXECUTE 'ALTER TABLE ' || r.tbl || ' DROP CONSTRAINT ' || quote_ident(r.conname);
  END LOOP;
END $$;
CREATE TABLE posts (id serial, profile_id uuid CONSTRAINT posts_profile_fk REFERENCES profiles(id));
DO $$ DECLARE tbls text[] := ARRAY['profiles','posts']; i int; BEGIN
  FOR i IN array_lower(tbls, 1) .. array_upper(tbls, 1) LOOP
    EXECUTE 'CREATE TRIGGER set_ts BEFORE UPDATE ON ' || tbls[i] || ' FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()';
  END LOOP;
END $$;
INSERT INTO profiles (id, name) VALUES ('11111111-1111-1111-1111-111111111111', 'root') ON CONFLICT (id) DO NOTHING;
DO $$ DECLARE pid uuid; BEGIN
  SELECT id INTO pid FROM profiles WHERE name = 'root';
  IF pid IS NULL THEN RAISE EXCEPTION 'no root'; END IF;
  INSERT INTO posts (profile_id) VALUES (pid);
  IF (SELECT count(*) FROM posts WHERE profile_id = pid) > 1 THEN RAISE EXCEPTION 'twice'; END IF;
END $$;
DO $$ DECLARE pid uuid; BEGIN
  INSERT INTO profiles (name) VALUES ('second') RETURNING id INTO pid;
  INSERT INTO posts (profile_id) VALUES (pid);
END $$;
DO $$ DECLARE rec RECORD; n int := 0; BEGIN
  FOR rec IN SELECT id, name FROM profiles WHERE name = 'second' LOOP
    n := n + 1;
    UPDATE profiles SET name = 'second-' || n WHERE id = rec.id;
  END LOOP;
END $$;
CREATE UNIQUE INDEX IF NOT EXISTS profiles_name ON profiles (name);
