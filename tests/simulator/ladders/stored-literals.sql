CREATE TABLE IF NOT EXISTS t (
    a text CHECK (a IN ('ok', 'sad')),
    b text CHECK (b = 'ok'),
    d text CHECK (length(d) > 1),
    f text CHECK (f IS NOT NULL),
    n int CHECK (n > 0 AND b <> 'x'),
    p text,
    q text,
    v varchar(10) CHECK (v = 'ok' OR v IN ('sad'))
);
CREATE INDEX IF NOT EXISTS i ON t (lower(p));
CREATE INDEX IF NOT EXISTS k ON t (n) WHERE q = 'ok';
-- file: 002.sql
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('ok', 'sad'); END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'old') THEN CREATE TYPE old AS ENUM ('ok', 'sad'); END IF;
END $$;
CREATE TABLE IF NOT EXISTS e (m old);
ALTER TABLE e ADD COLUMN IF NOT EXISTS again int;
ALTER TABLE e DROP CONSTRAINT IF EXISTS e_m_check;
-- file: 003.sql
CREATE TABLE IF NOT EXISTS late ();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER a TYPE mood USING a::mood; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER b TYPE mood USING b::mood; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER d TYPE int USING 1; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER p TYPE mood USING p::mood; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER q TYPE mood USING q::mood; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER n TYPE text; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE e ALTER m TYPE mood USING m::text::mood; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER n TYPE bigint; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER f TYPE mood USING f::mood; END IF;
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = 'last') THEN ALTER TABLE t ALTER v TYPE mood USING v::mood; END IF;
END $$;
-- file: 004.sql
ALTER TABLE e ADD CONSTRAINT e_m_check CHECK (m = 'ok');
CREATE TABLE IF NOT EXISTS last ();
