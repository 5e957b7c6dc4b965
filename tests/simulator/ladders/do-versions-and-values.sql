CREATE TABLE IF NOT EXISTS schema_version (v int);
CREATE TABLE IF NOT EXISTS items (id int, kind text, data jsonb, n numeric);
DO $$ DECLARE cur int; BEGIN
  SELECT coalesce(max(v), 0) INTO cur FROM schema_version;
  IF cur < 1 THEN
     ALTER TABLE items ADD COLUMN a int;
     INSERT INTO schema_version VALUES (1);
  END IF;
  IF cur < 2 THEN
     ALTER TABLE items ADD COLUMN b int;
     INSERT INTO schema_version VALUES (2);
  END IF;
END $$;
DO $$ BEGIN
  IF (SELECT max(v) FROM schema_version) >= 2 THEN ALTER TABLE items ADD COLUMN c int; END IF;
END $$;
CREATE OR REPLACE FUNCTION migrate_once(key text) RETURNS boolean AS $$
DECLARE done boolean;
BEGIN
  CREATE TABLE IF NOT EXISTS migrations_done (key text PRIMARY KEY);
  BEGIN
    INSERT INTO migrations_done VALUES (key);
    RETURN true;
  EXCEPTION WHEN unique_violation THEN
    RETURN false;
  END;
END $$ LANGUAGE plpgsql;
DO $$ BEGIN IF migrate_once('one') THEN ALTER TABLE items ADD COLUMN once int; END IF; END $$;
DO $$ BEGIN IF NOT migrate_once('two') THEN RAISE EXCEPTION 'again'; END IF; END $$;
DROP FUNCTION migrate_once(text);
DO $$ DECLARE i items; j jsonb := '{"a": [1, 2, {"b": "c"}]}'; BEGIN
  i.id := 1; i.kind := j->'a'->2->>'b'; i.data := j; i.n := 1.50;
  INSERT INTO items VALUES (i.*);
  IF (SELECT count(*) FROM items WHERE kind = 'c') > 1 THEN RAISE EXCEPTION 'more than one'; END IF;
END $$;
DO $$ DECLARE a int; b int; BEGIN
  SELECT 1, 2 INTO a, b;
  IF a + b <> 3 THEN RAISE EXCEPTION 'sum'; END IF;
  WITH x AS (SELECT 5 AS y) SELECT y INTO a FROM x;
  IF a <> 5 THEN RAISE EXCEPTION 'five'; END IF;
  SELECT id INTO a FROM items WHERE id = 99;
  IF a IS NOT NULL OR FOUND THEN RAISE EXCEPTION 'null'; END IF;
  a := (SELECT count(*) FROM items);
  CASE WHEN a > 1 THEN RAISE EXCEPTION 'case %', a; WHEN a = 1 THEN NULL; END CASE;
END $$;
DO $$ BEGIN
  UPDATE items SET kind = 'd' WHERE kind = 'c';
  IF NOT FOUND THEN RAISE EXCEPTION 'nothing to update'; END IF;
  DELETE FROM items WHERE kind = 'zzz';
  IF FOUND THEN RAISE EXCEPTION 'deleted'; END IF;
END $$;
DO $$ DECLARE x int; BEGIN
  BEGIN x := 1/0; EXCEPTION WHEN division_by_zero THEN x := 0; END;
  BEGIN SELECT id INTO STRICT x FROM items WHERE id = 12345; EXCEPTION WHEN no_data_found THEN x := -1; WHEN too_many_rows THEN x := -2; END;
  IF x <> -1 THEN RAISE EXCEPTION 'x is %', x; END IF;
  BEGIN PERFORM nosuchfunction(1); EXCEPTION WHEN undefined_function THEN x := 3; END;
  BEGIN EXECUTE 'SELECT * FROM nosuchtable'; EXCEPTION WHEN undefined_table THEN x := x + 1; END;
  BEGIN EXECUTE 'SELECT nosuchcolumn FROM items'; EXCEPTION WHEN undefined_column THEN x := x + 1; END;
  BEGIN PERFORM 'abc'::int; EXCEPTION WHEN invalid_text_representation THEN x := x + 1; END;
  BEGIN INSERT INTO items VALUES ('x'); EXCEPTION WHEN OTHERS THEN x := x + 1; END;
  IF x <> 7 THEN RAISE EXCEPTION 'x is %', x; END IF;
END $$;
