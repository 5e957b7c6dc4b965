-- functions called at top level in migrations; drops afterwards
CREATE FUNCTION pg_temp.add_col(t text, c text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', t, c); END $$;
CREATE TABLE IF NOT EXISTS base (id int);
SELECT pg_temp.add_col('base', 'x');
DROP FUNCTION pg_temp.add_col(text, text);
CREATE OR REPLACE FUNCTION tmp_migrate() RETURNS integer AS $$
DECLARE r record; n integer := 0;
BEGIN
  FOR r IN SELECT * FROM base LOOP n := n + 1; END LOOP;
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'base' AND column_name = 'y') THEN
    ALTER TABLE base ADD COLUMN y int;
  ELSE
    ALTER TABLE base ADD COLUMN x int;
  END IF;
  RETURN n;
END;
$$ LANGUAGE plpgsql;
SELECT tmp_migrate();
DROP FUNCTION IF EXISTS tmp_migrate();
CREATE OR REPLACE PROCEDURE proc(IN a int, INOUT b int DEFAULT 5) LANGUAGE plpgsql AS $$ BEGIN b := a + b; INSERT INTO base (id) VALUES (b); END $$;
CALL proc(1, 2);
CALL proc(1);
DO $$ DECLARE z int := 10; BEGIN CALL proc(5, z); IF z <> 15 THEN RAISE EXCEPTION 'z is %', z; END IF; END $$;
DO $$ BEGIN IF (SELECT count(*) FROM base WHERE id = 6) > 1 THEN RAISE EXCEPTION 'sixes'; END IF; END $$;
CREATE OR REPLACE FUNCTION named(a int, b int DEFAULT 2, c text DEFAULT 'c') RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN a || '-' || b || '-' || c; END $$;
DO $$ BEGIN
 IF named(1) <> '1-2-c' OR named(1, c => 'x') <> '1-2-x' OR named(b := 5, a := 1) <> '1-5-c' THEN RAISE EXCEPTION 'named %', named(1, c => 'x'); END IF; END $$;
CREATE OR REPLACE FUNCTION vari(VARIADIC xs int[]) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(array_length(xs, 1), 0); END $$;
DO $$ BEGIN IF vari(1, 2, 3) <> 3 OR vari(VARIADIC ARRAY[1,2]) <> 2 THEN RAISE EXCEPTION 'vari'; END IF; END $$;
CREATE OR REPLACE FUNCTION strict_one(a int) RETURNS int LANGUAGE plpgsql STRICT AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
SELECT strict_one(NULL);
CREATE OR REPLACE FUNCTION get_base(i int) RETURNS base LANGUAGE plpgsql AS $$ DECLARE r base; BEGIN SELECT * INTO r FROM base WHERE id = i ORDER BY 1 LIMIT 1; RETURN r; END $$;
DO $$ DECLARE b base; BEGIN b := get_base(6); IF b.id IS DISTINCT FROM 6 THEN RAISE EXCEPTION 'b %', b; END IF; END $$;
CREATE OR REPLACE FUNCTION rec_out(OUT a int, OUT b text) RETURNS record LANGUAGE plpgsql AS $$ BEGIN a := 1; b := 'one'; END $$;
DO $$ DECLARE r record; x int; BEGIN
  SELECT * INTO r FROM rec_out(); IF r.b <> 'one' THEN RAISE EXCEPTION 'rec'; END IF;
  SELECT (rec_out()).a INTO x; IF x <> 1 THEN RAISE EXCEPTION 'x'; END IF;
  r := rec_out(); IF r.a <> 1 THEN RAISE EXCEPTION 'r'; END IF; END $$;
CREATE OR REPLACE FUNCTION raise_it(code text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = code, MESSAGE = 'said ' || code; END $$;
DO $$ BEGIN PERFORM raise_it('23514'); EXCEPTION WHEN check_violation THEN IF SQLERRM <> 'said 23514' THEN RAISE EXCEPTION 'said %', SQLERRM; END IF; END $$;
DO $$ BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'marker') THEN PERFORM raise_it('55P03'); END IF; END $$;
DO $$ DECLARE f text; BEGIN
  FOR f IN SELECT oid::regprocedure::text FROM pg_proc WHERE proname IN ('vari', 'named') AND pronamespace = 'public'::regnamespace LOOP EXECUTE 'DROP FUNCTION ' || f; END LOOP; END $$;
CREATE FUNCTION named(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE marker (a int);
CREATE OR REPLACE FUNCTION public.exec(sql text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql; END $$;
SELECT exec('ALTER TABLE marker ADD COLUMN ' || c || ' int') FROM unnest(ARRAY['m', 'n']) c;
SELECT exec(format('CREATE INDEX marker_%s ON marker (%s)', c, c)) FROM (VALUES ('m'), ('n')) v(c);
