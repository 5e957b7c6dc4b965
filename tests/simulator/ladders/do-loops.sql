CREATE TABLE IF NOT EXISTS a (id int);
CREATE TABLE IF NOT EXISTS b (id int);
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS created_at timestamptz', t);
        EXECUTE 'CREATE INDEX ' || quote_ident(t || '_created') || ' ON ' || t || ' (created_at)';
    END LOOP;
END $$;
DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name IN ('a', 'b') LOOP
        EXECUTE 'ALTER TABLE ' || r.table_name || ' ADD COLUMN by_loop int';
    END LOOP;
END $$;
DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE format('CREATE TABLE IF NOT EXISTS part_%s (id int)', i); END LOOP; END $$;
DO $$ BEGIN FOR i IN REVERSE 3..1 LOOP EXECUTE format('ALTER TABLE part_%s ADD COLUMN x int', i); END LOOP; END $$;
DO $$ DECLARE n int := 0; BEGIN
    WHILE n < 2 LOOP n := n + 1; CONTINUE WHEN n = 1; EXECUTE 'ALTER TABLE part_' || n || ' ADD y int'; END LOOP;
    <<outer_loop>> LOOP LOOP EXIT outer_loop; END LOOP; END LOOP;
END $$;
ALTER TABLE part_1 ADD COLUMN y int;
DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'a'::regclass AND contype = 'c' LOOP
        EXECUTE format('ALTER TABLE a DROP CONSTRAINT %I', c.conname);
    END LOOP;
    ALTER TABLE a ADD CONSTRAINT positive CHECK (id > 0);
END $$;
DO $$ DECLARE name text; BEGIN
    SELECT conname INTO name FROM pg_constraint WHERE conrelid = 'b'::regclass AND contype = 'u' LIMIT 1;
    IF name IS NOT NULL THEN EXECUTE 'ALTER TABLE b DROP CONSTRAINT ' || quote_ident(name); END IF;
    ALTER TABLE b ADD UNIQUE (id);
END $$;
CREATE OR REPLACE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION f(x text) RETURNS int LANGUAGE sql AS 'SELECT 1';
DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT p.oid::regprocedure AS sig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE p.proname = 'f' AND n.nspname = current_schema() LOOP
        EXECUTE format('DROP FUNCTION %s', r.sig);
    END LOOP;
END $$;
CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION f(x text, y int) RETURNS int LANGUAGE sql AS 'SELECT 2';
INSERT INTO a (id) SELECT 1 WHERE NOT EXISTS (SELECT FROM a);
DO $$ DECLARE r a%ROWTYPE; n a.id%TYPE; found_it boolean := false; BEGIN
    FOR r IN SELECT * FROM a LOOP n := r.id; found_it := true; END LOOP;
    IF found_it AND n = 1 THEN EXECUTE 'CREATE TABLE from_row (id int)'; END IF;
END $$;
DO $$ DECLARE c CURSOR (lowest int) FOR SELECT id FROM a WHERE id >= lowest; v int; BEGIN
    OPEN c(1); FETCH c INTO v; CLOSE c;
    IF v = 1 THEN CREATE TABLE from_cursor (id int); END IF;
    FOR each IN c(5) LOOP CREATE TABLE never (id int); END LOOP;
END $$;
DO $$ DECLARE v int; w text; arr int[] := '{1,2,3}'; BEGIN
    UPDATE a SET id = id; GET DIAGNOSTICS v = ROW_COUNT;
    IF v <> 1 THEN RAISE EXCEPTION 'not one: %', v; END IF;
    UPDATE a SET id = 2 WHERE id = 77; IF FOUND THEN RAISE EXCEPTION 'found'; END IF;
    INSERT INTO b (id) VALUES (5) ON CONFLICT DO NOTHING RETURNING id INTO v;
    IF FOUND THEN w := 'new'; ELSE w := 'old'; END IF;
    EXECUTE 'SELECT $1 + $2' INTO v USING 1, arr[2];
    arr[2] := 7;
    IF v <> 3 OR arr[2] <> 7 OR array_length(arr, 1) <> 3 THEN RAISE EXCEPTION 'sum % %', v, arr; END IF;
    IF w = 'old' THEN RAISE EXCEPTION 'old'; END IF;
END $$;
