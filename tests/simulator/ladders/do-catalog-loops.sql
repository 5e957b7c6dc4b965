CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, b_id int);
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY);
-- drop whatever foreign key a.b_id has, by any name, and add a new one
DO $$ DECLARE fk text; BEGIN
  SELECT con.conname INTO fk FROM pg_constraint con
  JOIN pg_class rel ON rel.oid = con.conrelid JOIN pg_namespace nsp ON nsp.oid = rel.relnamespace
  JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = ANY (con.conkey)
  WHERE nsp.nspname = 'public' AND rel.relname = 'a' AND att.attname = 'b_id' AND con.contype = 'f';
  IF fk IS NOT NULL THEN EXECUTE format('ALTER TABLE a DROP CONSTRAINT %I', fk); END IF;
  ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id);
END $$;
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT tc.table_schema, tc.constraint_name, tc.table_name, kcu.column_name, ccu.table_name AS ft, ccu.column_name AS fc
    FROM information_schema.table_constraints AS tc JOIN information_schema.key_column_usage AS kcu USING (constraint_name)
    JOIN information_schema.constraint_column_usage AS ccu ON ccu.constraint_name = tc.constraint_name
    WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_schema = 'public'
  LOOP
    EXECUTE format('ALTER TABLE %I.%I DROP CONSTRAINT %I, ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %I (%I) ON DELETE CASCADE',
      r.table_schema, r.table_name, r.constraint_name, 'new_' || r.constraint_name, r.column_name, r.ft, r.fc);
  END LOOP;
END $$;
DO $$ BEGIN
 IF EXISTS (SELECT constraint_name FROM information_schema.constraint_column_usage WHERE table_name = 'b' AND constraint_name = 'b_pkey') THEN
   ALTER TABLE b ADD COLUMN IF NOT EXISTS x int; END IF;
 IF (SELECT confdeltype FROM pg_constraint WHERE conname = 'new_a_b_id_fkey') = 'c' THEN ALTER TABLE b ADD COLUMN y int; END IF;
END $$;
-- sequences, owned
DO $$ BEGIN
 IF NOT EXISTS (SELECT 0 FROM pg_class WHERE relname = 'my_seq' AND relkind = 'S') THEN CREATE SEQUENCE my_seq; END IF;
 ALTER TABLE a ALTER COLUMN id SET DEFAULT nextval('my_seq');
 IF (SELECT column_default FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'id') LIKE 'nextval%' THEN ALTER TABLE a ADD COLUMN has_default int; END IF;
END $$;
DO $$ BEGIN
 IF (SELECT column_default FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'b_id') IS NULL THEN ALTER TABLE a ALTER COLUMN b_id SET DEFAULT 5; 
 ELSE ALTER TABLE a ADD COLUMN default_was_there int; ALTER TABLE a ADD COLUMN default_was_there int; END IF;
END $$;
DO $$ BEGIN
 IF (SELECT is_nullable FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'b_id') = 'YES' THEN ALTER TABLE a ALTER COLUMN b_id SET NOT NULL; ALTER TABLE a ADD COLUMN was_nullable int; END IF;
END $$;
-- views: drop and recreate in a loop
CREATE OR REPLACE VIEW va AS SELECT id FROM a;
DO $$ DECLARE v record; BEGIN
 FOR v IN SELECT viewname FROM pg_views WHERE schemaname = 'public' ORDER BY viewname LOOP EXECUTE 'DROP VIEW IF EXISTS ' || quote_ident(v.viewname) || ' CASCADE'; END LOOP;
END $$;
CREATE VIEW va AS SELECT id FROM a;
DO $$ DECLARE v text; BEGIN
 FOR v IN SELECT table_name FROM information_schema.views WHERE table_schema = current_schema() LOOP RAISE NOTICE '%', v; END LOOP;
 FOR v IN SELECT trigger_name FROM information_schema.triggers WHERE event_object_table = 'a' LOOP EXECUTE 'DROP TRIGGER ' || v || ' ON a'; END LOOP;
END $$;
CREATE TRIGGER ta BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
DO $$ DECLARE i record; BEGIN
 FOR i IN SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'a' AND indexname NOT LIKE '%_pkey' LOOP EXECUTE 'DROP INDEX ' || i.indexname; END LOOP;
 CREATE INDEX a_one ON a (b_id); CREATE INDEX a_two ON a (b_id, id);
END $$;
DO $$ DECLARE n int; BEGIN
  SELECT count(*) INTO n FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'a';
  IF n <> 3 THEN RAISE EXCEPTION 'indexes: %', n; END IF;
  SELECT count(*) INTO n FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE';
  IF n <> 2 THEN RAISE EXCEPTION 'tables: %', n; END IF;
  SELECT count(*) INTO n FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'a';
  IF n <> 4 THEN RAISE EXCEPTION 'columns: %', n; END IF;
  SELECT count(*) INTO n FROM pg_class c JOIN pg_namespace s ON c.relnamespace = s.oid WHERE s.nspname = 'public' AND c.relkind IN ('r', 'v', 'i', 'S');
  IF n <> 8 THEN RAISE EXCEPTION 'classes: %', n; END IF;
  SELECT count(*) INTO n FROM pg_trigger WHERE tgrelid = 'a'::regclass AND NOT tgisinternal;
  IF n <> 1 THEN RAISE EXCEPTION 'triggers: %', n; END IF;
END $$;
