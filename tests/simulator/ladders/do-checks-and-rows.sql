CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, status text CHECK (status IN ('new', 'done')), amount numeric(10,2), ts timestamptz DEFAULT now());
-- replace a CHECK by whatever name it has
DO $$ DECLARE c text; BEGIN
  SELECT conname INTO c FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) ILIKE '%status%';
  IF FOUND THEN EXECUTE 'ALTER TABLE t DROP CONSTRAINT ' || c; END IF;
  ALTER TABLE t ADD CONSTRAINT t_status_check CHECK (status IN ('new', 'done', 'failed'));
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_status_check' AND pg_get_constraintdef(oid) LIKE '%''failed''%') THEN
    RAISE EXCEPTION 'not failed'; END IF;
  IF EXISTS (SELECT 1 FROM information_schema.check_constraints WHERE constraint_name = 't_status_check' AND check_clause LIKE '%archived%') THEN
    RAISE EXCEPTION 'archived'; END IF;
END $$;
DO $$ DECLARE r RECORD; BEGIN
  FOR r IN SELECT conname FROM pg_constraint c JOIN pg_class t ON c.conrelid = t.oid WHERE t.relname = 't' AND c.contype = 'c' LOOP
    EXECUTE format('ALTER TABLE t DROP CONSTRAINT IF EXISTS %I', r.conname);
  END LOOP; END $$;
ALTER TABLE t ADD CONSTRAINT t_status_check CHECK (status IN ('new', 'done', 'failed', 'archived'));
DO $$ BEGIN
  ALTER TABLE t ADD CONSTRAINT amount_positive CHECK (amount > 0) NOT VALID;
  ALTER TABLE t VALIDATE CONSTRAINT amount_positive;
EXCEPTION WHEN duplicate_object THEN RAISE NOTICE 'exists'; WHEN check_violation THEN RAISE NOTICE 'rows'; END $$;
DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; EXCEPTION WHEN OTHERS THEN RAISE WARNING 'no pg_trgm'; END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'btree_gin') THEN CREATE EXTENSION btree_gin; END IF; END $$;
DO $$ BEGIN
  CREATE INDEX t_trgm ON t USING gin (status gin_trgm_ops);
EXCEPTION WHEN duplicate_table THEN NULL; WHEN undefined_object THEN RAISE NOTICE 'none'; END $$;
DO $$ BEGIN
  IF (SELECT setting FROM pg_settings WHERE name = 'server_version_num')::int < 90000 THEN CREATE TABLE ancient (a int); END IF; END $$;
DO $$ BEGIN
  CREATE SCHEMA IF NOT EXISTS hidden;
  SET LOCAL search_path = hidden;
  CREATE TABLE IF NOT EXISTS inside (a int);
END $$;
DO $$ BEGIN IF to_regclass('hidden.inside') IS NULL THEN RAISE EXCEPTION 'not hidden'; END IF; END $$;
RESET search_path;
DO $$ DECLARE s text; BEGIN
  FOR s IN SELECT unnest(ARRAY['one', 'two']) LOOP EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', s); EXECUTE format('CREATE TABLE %I.same (a int)', s); END LOOP; END $$;
DO $$ DECLARE s record; BEGIN
  FOR s IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'same' AND c.relkind = 'r' ORDER BY 1 LOOP
    EXECUTE format('ALTER TABLE %I.%I ADD COLUMN b int', s.nspname, s.relname); END LOOP; END $$;
DO $$ DECLARE d record; BEGIN
  FOR d IN SELECT * FROM (VALUES ('k1', 1), ('k2', 2)) AS x(k, v) LOOP
    INSERT INTO t (id, status) VALUES (d.v, 'new');
  END LOOP; END $$;
DO $$ DECLARE cnt int := 0; BEGIN
  INSERT INTO t (id, status) SELECT g, 'new' FROM generate_series(100, 104) g; GET DIAGNOSTICS cnt = ROW_COUNT;
  IF cnt <> 5 THEN RAISE EXCEPTION 'cnt %', cnt; END IF; END $$;
DO $$ DECLARE o jsonb := '[{"id": 200, "s": "new"}, {"id": 201, "s": "done"}]'; e jsonb; BEGIN
  FOR e IN SELECT * FROM jsonb_array_elements(o) LOOP INSERT INTO t (id, status) VALUES ((e->>'id')::int, e->>'s') ON CONFLICT (id) DO NOTHING; END LOOP;
  IF (SELECT count(*) FROM t WHERE id >= 200) <> 2 THEN RAISE EXCEPTION 'two'; END IF; END $$;
DO $$ BEGIN PERFORM id FROM t WHERE id = 9999; IF NOT FOUND THEN INSERT INTO t (id) VALUES (9999); ELSE RAISE EXCEPTION 'found'; END IF; END $$;
DO $$ << outer_block >> DECLARE quantity integer := 30; BEGIN
  quantity := 50;
  DECLARE quantity integer := 80; BEGIN IF outer_block.quantity <> 50 OR quantity <> 80 THEN RAISE EXCEPTION 'q'; END IF; END;
END $$;
DO $$ DECLARE v_sql text; BEGIN
  SELECT string_agg(format('ALTER TABLE %I ADD COLUMN extra int;', tablename), ' ') INTO v_sql FROM pg_tables WHERE schemaname = 'one';
  EXECUTE replace(v_sql, 'TABLE ', 'TABLE one.');
END $$;
DO $$ DECLARE a int[] := ARRAY[1,2,3]; x int; total int := 0; BEGIN
  FOREACH x IN ARRAY a LOOP total := total + x; EXIT WHEN total >= 3; END LOOP;
  IF total <> 3 THEN RAISE EXCEPTION 'total %', total; END IF;
  SELECT sum(u) INTO total FROM unnest(a) u; IF total <> 6 THEN RAISE EXCEPTION 'sum %', total; END IF;
END $$;
