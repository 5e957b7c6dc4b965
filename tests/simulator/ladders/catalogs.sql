CREATE SCHEMA IF NOT EXISTS app;
CREATE TYPE if_state AS ENUM ('a', 'b');
CREATE TABLE IF NOT EXISTS app.users (
    id bigserial PRIMARY KEY,
    email varchar(100) NOT NULL UNIQUE,
    tags text[] NOT NULL DEFAULT '{}',
    balance numeric(10, 2),
    at timestamptz(3) DEFAULT now(),
    state if_state
);
CREATE TABLE IF NOT EXISTS app.posts (
    id int GENERATED ALWAYS AS IDENTITY,
    author bigint CONSTRAINT posts_author REFERENCES app.users (id) ON DELETE CASCADE,
    title text CHECK (title <> ''),
    length int GENERATED ALWAYS AS (char_length(title)) STORED,
    CONSTRAINT posts_key PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS posts_title ON app.posts (title, author);
COMMENT ON TABLE app.posts IS 'what was said';
CREATE TABLE IF NOT EXISTS seen (what text);
-- each block makes a table that is there at the second boot: an answer that differs shows
DO $$ BEGIN
    IF (SELECT count(*) FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'users') = 6 THEN
        CREATE TABLE six_columns (a int);
    END IF;
END $$;
DO $$ DECLARE r record; BEGIN
    SELECT data_type, udt_name, character_maximum_length, is_nullable INTO r
    FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'email';
    IF r.data_type = 'character varying' AND r.udt_name = 'varchar' AND r.character_maximum_length = 100
       AND r.is_nullable = 'NO' THEN CREATE TABLE email_is_known (a int); END IF;
    SELECT data_type, udt_name, udt_schema INTO r
    FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'tags';
    IF r.data_type = 'ARRAY' AND r.udt_name = '_text' THEN CREATE TABLE tags_are_known (a int); END IF;
    SELECT data_type, numeric_precision AS p, numeric_scale AS s INTO r
    FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'balance';
    IF r.data_type = 'numeric' AND r.p = 10 AND r.s = 2 THEN CREATE TABLE balance_is_known (a int); END IF;
    SELECT data_type, udt_name, udt_schema INTO r
    FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'state';
    IF r.data_type = 'USER-DEFINED' AND r.udt_name = 'if_state' AND r.udt_schema = 'public' THEN
        CREATE TABLE state_is_known (a int);
    END IF;
    SELECT data_type, datetime_precision AS p, column_default IS NOT NULL AS d INTO r
    FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'at';
    IF r.data_type = 'timestamp with time zone' AND r.p = 3 AND r.d THEN CREATE TABLE at_is_known (a int); END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'posts' AND column_name = 'id'
               AND is_identity = 'YES' AND identity_generation = 'ALWAYS')
       AND EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'posts' AND is_generated = 'ALWAYS')
    THEN CREATE TABLE identity_is_known (a int); END IF;
END $$;
DO $$ BEGIN
    IF (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = 'app.users'::regclass AND attname = 'email') = 'character varying(100)'
       AND (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = 'app.users'::regclass AND attname = 'balance') = 'numeric(10,2)'
       AND (SELECT attnotnull FROM pg_attribute WHERE attrelid = 'app.users'::regclass AND attname = 'id')
       AND (SELECT max(attnum) FROM pg_attribute WHERE attrelid = 'app.users'::regclass AND attnum > 0) = 6
    THEN CREATE TABLE attributes_are_known (a int); END IF;
END $$;
DO $$ DECLARE r record; BEGIN
    SELECT pg_get_constraintdef(c.oid) AS definition, confdeltype, conrelid::regclass::text AS t INTO r
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE c.conname = 'posts_author' AND n.nspname = 'app';
    IF r.definition = 'FOREIGN KEY (author) REFERENCES app.users(id) ON DELETE CASCADE' AND r.confdeltype = 'c'
       AND r.t = 'app.posts' THEN CREATE TABLE foreign_key_is_known (a int); END IF;
    IF (SELECT indexdef FROM pg_indexes WHERE indexname = 'posts_title')
       = 'CREATE INDEX posts_title ON app.posts USING btree (title, author)' THEN CREATE TABLE index_is_known (a int); END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (
        SELECT 1 FROM information_schema.table_constraints tc
        JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name
        JOIN information_schema.constraint_column_usage ccu ON ccu.constraint_name = tc.constraint_name
        WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_name = 'posts' AND kcu.column_name = 'author'
          AND ccu.table_name = 'users' AND ccu.column_name = 'id'
    ) AND (SELECT delete_rule FROM information_schema.referential_constraints WHERE constraint_name = 'posts_author')
          = 'CASCADE'
    THEN CREATE TABLE usage_is_known (a int); END IF;
END $$;
DO $$ BEGIN
    IF (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = 'if_state'::regtype)
       = ARRAY['a', 'b']::name[] THEN CREATE TABLE labels_are_known (a int); END IF;
    IF obj_description('app.posts'::regclass) = 'what was said' THEN CREATE TABLE comment_is_known (a int); END IF;
    IF pg_get_serial_sequence('app.users', 'id') = 'app.users_id_seq' THEN CREATE TABLE sequence_is_known (a int); END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_monitor') THEN CREATE TABLE monitor_is_known (a int); END IF;
    IF EXISTS (SELECT FROM pg_type WHERE typname = 'jsonb') THEN CREATE TABLE jsonb_is_known (a int); END IF;
    IF EXISTS (SELECT FROM pg_proc WHERE proname = 'gen_random_uuid') THEN CREATE TABLE uuid_is_known (a int); END IF;
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'pg_class') THEN CREATE TABLE class_is_known (a int); END IF;
    IF current_setting('server_version_num')::int >= 110000 THEN CREATE TABLE version_is_known (a int); END IF;
    IF current_setting('my.own', true) IS NULL THEN CREATE TABLE setting_is_known (a int); END IF;
    IF position('-YB-' IN version()) > 0 THEN CREATE TABLE IF NOT EXISTS is_yugabyte (a int); END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                   WHERE i.indrelid = 'app.users'::regclass AND i.indisprimary AND c.relname = 'users_pkey')
    THEN CREATE TABLE IF NOT EXISTS not_primary (a int); END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_attribute a JOIN pg_index i ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                   WHERE i.indrelid = 'app.users'::regclass AND i.indisprimary AND a.attname = 'id')
    THEN CREATE TABLE IF NOT EXISTS not_primary (a int); END IF;
END $$;
ALTER TABLE seen ADD CONSTRAINT what_known CHECK (what IN ('one', 'two'));
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'what_known' AND pg_get_constraintdef(oid) LIKE '%two%')
    THEN CREATE TABLE check_is_known (a int); END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'what_known' AND pg_get_constraintdef(oid) LIKE '%three%')
    THEN ALTER TABLE seen DROP CONSTRAINT what_known;
         ALTER TABLE seen ADD CONSTRAINT what_known CHECK (what IN ('one', 'two', 'three')); END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = 'app.users'::regclass AND c.relrowsecurity) THEN
        ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
        ALTER TABLE app.users ADD COLUMN secured int;
    END IF;
END $$;
