CREATE OR REPLACE FUNCTION add_column(t text, c text, type text DEFAULT 'int') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = t AND column_name = c) THEN
        EXECUTE format('ALTER TABLE %I ADD COLUMN %I %s', t, c, type);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION add_always(t regclass, c text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'ALTER TABLE ' || t || ' ADD COLUMN ' || c || ' int';
    RETURN true;
END $$;
CREATE TABLE IF NOT EXISTS things (id int PRIMARY KEY, name text);
SELECT add_column('things', 'a');
SELECT add_column('things', 'b', 'text');
SELECT add_always('things', 'c');
CREATE OR REPLACE FUNCTION two(n int, OUT x int, OUT y text) LANGUAGE plpgsql AS $$ BEGIN x := n; y := n || '!'; END $$;
CREATE OR REPLACE FUNCTION many(n int) RETURNS TABLE (i int, t text) LANGUAGE plpgsql AS $$
BEGIN
    FOR k IN 1..n LOOP i := k; t := 'no ' || k; RETURN NEXT; END LOOP;
    RETURN QUERY SELECT 99, 'last';
END $$;
CREATE OR REPLACE FUNCTION fact(n int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN IF n <= 1 THEN RETURN 1; END IF; RETURN n * fact(n - 1); END $$;
INSERT INTO things (id, name) SELECT x, y FROM two(1);
INSERT INTO things (id, name) SELECT i + 10, t FROM many(2);
INSERT INTO things (id, name) VALUES (fact(5), 'f');
CREATE OR REPLACE PROCEDURE fill(lo int, hi int) LANGUAGE plpgsql AS $$
BEGIN FOR i IN lo..hi LOOP INSERT INTO things (id) VALUES (i); END LOOP; END $$;
CALL fill(500, 502);
CREATE OR REPLACE FUNCTION upsert(k int, v text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE things SET name = v WHERE id = k;
    IF FOUND THEN RETURN 'updated'; END IF;
    INSERT INTO things (id, name) VALUES (k, v);
    RETURN 'inserted';
END $$;
SELECT upsert(700, 'a');
SELECT upsert(700, 'b');
CREATE TABLE IF NOT EXISTS log (what text);
CREATE OR REPLACE FUNCTION on_things() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n int;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.name := coalesce(NEW.name, 'unnamed');
        IF NEW.id < 0 THEN RETURN NULL; END IF;
        IF NEW.id = 0 THEN RAISE EXCEPTION 'no zero in %', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END IF;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    INSERT INTO log VALUES (TG_OP || ' ' || NEW.id || ' ' || TG_ARGV[0]);
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS on_things ON things;
CREATE TRIGGER on_things BEFORE INSERT OR UPDATE OR DELETE ON things FOR EACH ROW EXECUTE FUNCTION on_things('arg');
INSERT INTO things (id) VALUES (-1);
INSERT INTO things (id) VALUES (-1);
INSERT INTO things (id) VALUES (800);
CREATE UNIQUE INDEX IF NOT EXISTS log_what ON log (what);
DELETE FROM things WHERE id = 800;
INSERT INTO things (id) VALUES (801);
INSERT INTO things (id, name) VALUES (802, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y';
CREATE TABLE IF NOT EXISTS strict (id int PRIMARY KEY, name text UNIQUE, touched boolean);
CREATE OR REPLACE FUNCTION no_updates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'immutable column: %.%', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = '23601'; END $$;
CREATE OR REPLACE TRIGGER no_updates BEFORE UPDATE ON strict FOR EACH ROW EXECUTE FUNCTION no_updates('id');
UPDATE strict SET touched = true;
INSERT INTO strict VALUES (1, 'one') ON CONFLICT (id) DO NOTHING;
CREATE OR REPLACE FUNCTION control() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF (SELECT count(*) FROM strict) < 2 THEN RETURN 1; END IF; END $$;
SELECT control();
INSERT INTO strict VALUES (2, 'two') ON CONFLICT DO NOTHING;
DO $$ DECLARE r record; s text := ''; BEGIN
    FOR r IN SELECT id FROM strict ORDER BY id DESC LOOP s := s || r.id; END LOOP;
    IF s <> '21' THEN RAISE EXCEPTION 'not 21: %', s; END IF;
END $$;
CREATE OR REPLACE FUNCTION varied() RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM strict) < 5 THEN RETURN QUERY SELECT 1, 'x'; ELSE RETURN QUERY SELECT 1::bigint, 'x'; END IF;
    RETURN QUERY EXECUTE 'SELECT $1, name FROM strict' USING 3;
END $$;
CREATE OR REPLACE FUNCTION all_strict() RETURNS SETOF strict LANGUAGE plpgsql AS $$
DECLARE r strict; BEGIN
    FOR r IN SELECT * FROM strict LOOP RETURN NEXT r; END LOOP;
    RETURN QUERY SELECT * FROM strict;
END $$;
CREATE OR REPLACE FUNCTION ids() RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT id FROM strict; RETURN NEXT 5; END $$;
SELECT * FROM varied();
SELECT * FROM all_strict();
SELECT * FROM ids();
DO $$ BEGIN
    IF (SELECT count(*) FROM all_strict()) <> 4 THEN RAISE EXCEPTION 'not four'; END IF;
    IF (SELECT sum(ids) FROM ids()) <> 8 THEN RAISE EXCEPTION 'not eight'; END IF;
END $$;
INSERT INTO strict SELECT n, 'n' || n FROM generate_series(10, 20) n ON CONFLICT DO NOTHING;
