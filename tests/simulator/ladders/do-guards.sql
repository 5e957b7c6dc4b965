CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE IF NOT EXISTS children (id serial PRIMARY KEY, parent_id int, state text, CONSTRAINT shared CHECK (id > 0));
DO $$ BEGIN CREATE TYPE color AS ENUM ('red'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'children_parent_fk') THEN
        ALTER TABLE children ADD CONSTRAINT children_parent_fk FOREIGN KEY (parent_id) REFERENCES parents (id);
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'shared' AND conrelid = 'parents'::regclass) THEN
        ALTER TABLE parents ADD CONSTRAINT shared CHECK (id > 0);
    END IF;
END $$;
-- looks for another name than it adds
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'children_state_chk') THEN
        ALTER TABLE children ADD CONSTRAINT children_state_check CHECK (state <> '');
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = 'children' AND column_name = 'age'
    ) THEN
        ALTER TABLE children ADD COLUMN age int;
    END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'children' AND column_name = 'age') THEN
        ALTER TABLE children RENAME COLUMN age TO years;
    END IF;
END $$;
-- the column that it looks for was renamed: it comes back, and the rename meets the one of the first boot
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT FROM information_schema.table_constraints
        WHERE constraint_name = 'parents_name_key' AND table_name = 'parents' AND constraint_type = 'UNIQUE'
    ) THEN
        ALTER TABLE parents ADD CONSTRAINT parents_name_key UNIQUE (name);
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'level') THEN
        CREATE TYPE level AS ENUM ('low', 'high');
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typname = 'size' AND n.nspname = 'public'
    ) THEN
        CREATE TYPE size AS ENUM ('s', 'm');
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
        WHERE t.typname = 'level' AND e.enumlabel = 'middle'
    ) THEN
        ALTER TYPE level ADD VALUE 'middle' AFTER 'low';
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'top' AND enumtypid = 'level'::regtype) THEN
        ALTER TYPE level ADD VALUE 'top';
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'public' AND indexname = 'children_state_idx') THEN
        CREATE INDEX children_state_idx ON children (state);
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'children_years_idx' AND n.nspname = 'public' AND c.relkind = 'i'
    ) THEN
        CREATE INDEX children_years_idx ON children (years);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'touch_children' AND tgrelid = 'children'::regclass) THEN
        CREATE TRIGGER touch_children BEFORE UPDATE ON children FOR EACH ROW EXECUTE FUNCTION touch();
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM information_schema.triggers
        WHERE event_object_table = 'parents' AND trigger_name = 'touch_parents'
    ) THEN
        CREATE TRIGGER touch_parents BEFORE UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION touch();
    END IF;
END $$;
ALTER TABLE children ENABLE ROW LEVEL SECURITY;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_policies
        WHERE schemaname = 'public' AND tablename = 'children' AND policyname = 'everybody'
    ) THEN
        CREATE POLICY everybody ON children USING (true);
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_policy WHERE polname = 'nobody' AND polrelid = 'children'::regclass) THEN
        CREATE POLICY nobody ON children USING (false);
    END IF;
END $$;
DO $$ BEGIN
    IF to_regclass('public.gone') IS NULL THEN
        CREATE TABLE gone (a int);
    END IF;
    IF to_regclass('gone') IS NOT NULL THEN
        DROP TABLE gone;
    END IF;
    IF to_regtype('color') IS NULL THEN
        CREATE TYPE color AS ENUM ('red');
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = 'helper') THEN
        CREATE FUNCTION helper() RETURNS int LANGUAGE sql AS 'SELECT 1';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'app') THEN
        CREATE SCHEMA app;
    END IF;
    IF NOT EXISTS (SELECT FROM information_schema.schemata WHERE schema_name = 'app2') THEN
        CREATE SCHEMA app2;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'app' AND tablename = 'things') THEN
        CREATE TABLE app.things (id int);
    END IF;
    IF NOT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = 'app' AND table_name = 'others') THEN
        CREATE TABLE app.others (id int);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_views WHERE viewname = 'seen') THEN
        CREATE VIEW seen AS SELECT id FROM children;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_matviews WHERE matviewname = 'kept') THEN
        CREATE MATERIALIZED VIEW kept AS SELECT id FROM children;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_sequences WHERE sequencename = 'numbers') THEN
        CREATE SEQUENCE numbers;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'plpgsql') THEN
        CREATE EXTENSION plpgsql;
    END IF;
    IF NOT EXISTS (SELECT FROM information_schema.domains WHERE domain_name = 'posint') THEN
        CREATE DOMAIN posint AS int CHECK (value > 0);
    END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns
               WHERE table_name = 'parents' AND column_name = 'name' AND is_nullable = 'NO') THEN
        ALTER TABLE parents ALTER COLUMN name DROP NOT NULL;
        ALTER TABLE parents ADD COLUMN was_not_null int;
    END IF;
END $$;
DO $$ BEGIN
    IF (SELECT data_type FROM information_schema.columns
        WHERE table_name = 'parents' AND column_name = 'name') = 'text' THEN
        ALTER TABLE parents ALTER COLUMN name TYPE varchar(50);
        ALTER TABLE parents ADD COLUMN was_text int;
    END IF;
END $$;
DO $$ BEGIN
    IF (SELECT character_maximum_length FROM information_schema.columns
        WHERE table_name = 'parents' AND column_name = 'name') = 50 THEN
        ALTER TABLE parents ADD COLUMN has_fifty int;
    END IF;
END $$;
