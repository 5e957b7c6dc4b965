CREATE TABLE IF NOT EXISTS t (a int PRIMARY KEY, b text);
DO $$ BEGIN ALTER TABLE t ADD COLUMN c int; EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'there: %', SQLERRM; END $$;
DO $$ BEGIN CREATE TABLE u (a int); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT t_c CHECK (a > 0); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
-- a UNIQUE constraint's name is a relation's: another error than the one that is caught
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT t_u UNIQUE (b); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT t_v UNIQUE (b); EXCEPTION WHEN duplicate_table OR duplicate_object THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT t_w UNIQUE (b); EXCEPTION WHEN SQLSTATE '42P07' THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE m AS ENUM ('a'); EXCEPTION WHEN others THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE missing ADD COLUMN c int; EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t RENAME CONSTRAINT t_c TO t_d; EXCEPTION WHEN undefined_object THEN NULL; END $$;
DO $$ BEGIN DROP TABLE missing; EXCEPTION WHEN syntax_error_or_access_rule_violation THEN NULL; END $$;
DO $$ BEGIN
    CREATE TABLE half (a int);
    CREATE TABLE u (a int);
EXCEPTION WHEN duplicate_table THEN NULL; END $$;
CREATE TABLE half (a int);
DROP TABLE half;
DO $$ BEGIN INSERT INTO t VALUES (1, 'one'); EXCEPTION WHEN unique_violation THEN NULL; END $$;
DO $$ BEGIN INSERT INTO t VALUES (1, 'one'); EXCEPTION WHEN check_violation THEN NULL; WHEN integrity_constraint_violation THEN NULL; END $$;
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM t; IF n > 1 THEN RAISE EXCEPTION 'too many: %', n; END IF; END $$;
INSERT INTO t VALUES (2, 'two') ON CONFLICT DO NOTHING;
INSERT INTO t VALUES (3, 'three') ON CONFLICT (a) DO NOTHING;
DO $$ DECLARE n int; BEGIN
    SELECT count(*) INTO n FROM t;
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'later') THEN
        RAISE EXCEPTION 'too many: %', n USING ERRCODE = 'unique_violation';
    END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'later') THEN RAISE SQLSTATE '22012'; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'later') THEN RAISE division_by_zero; END IF;
END $$;
DO $$ BEGIN
    BEGIN
        IF EXISTS (SELECT FROM pg_class WHERE relname = 'later') THEN RAISE EXCEPTION 'x' USING ERRCODE = '23603'; END IF;
    EXCEPTION WHEN others THEN
        RAISE NOTICE 'once more: % %', SQLSTATE, SQLERRM;
        RAISE;
    END;
END $$;
DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_class WHERE relname = 'later'), 'later is there'; END $$;
DO $$ BEGIN
    CASE (SELECT count(*) FROM pg_class WHERE relname = 'later') WHEN 0 THEN NULL; END CASE;
END $$;
DO $$ DECLARE r record; BEGIN
    IF to_regclass('later') IS NOT NULL THEN SELECT * INTO STRICT r FROM u; END IF;
END $$;
DO $$ DECLARE n int; BEGIN
    IF to_regclass('later') IS NOT NULL THEN SELECT a INTO STRICT n FROM t; END IF;
END $$;
DO $$ DECLARE x int NOT NULL := 1; BEGIN IF to_regclass('later') IS NOT NULL THEN x := NULL; END IF; END $$;
DO $$ DECLARE x varchar(3); BEGIN IF to_regclass('later') IS NOT NULL THEN x := 'long'; END IF; END $$;
DO $$ DECLARE x int; BEGIN IF to_regclass('later') IS NOT NULL THEN x := 'long'; END IF; END $$;
DO $$ DECLARE x text; BEGIN IF to_regclass('later') IS NOT NULL THEN EXECUTE x; END IF; END $$;
DO $$ BEGIN IF to_regclass('later') IS NOT NULL THEN EXECUTE 'no sql'; END IF; END $$;
DO $$ DECLARE code text; said text; BEGIN
    CREATE TABLE u (a int);
EXCEPTION WHEN others THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
    IF code <> '42P07' OR said NOT LIKE '%already exists' THEN RAISE EXCEPTION 'not that: % %', code, said; END IF;
END $$;
CREATE TABLE later (a int);
