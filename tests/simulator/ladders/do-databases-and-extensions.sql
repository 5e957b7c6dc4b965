DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET statement_timeout TO 0'; END $$;
DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), 'ours'); END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'citext') THEN CREATE EXTENSION IF NOT EXISTS citext; END IF;
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citext') THEN RAISE EXCEPTION 'no citext'; END IF;
END $$;
CREATE TABLE words (word citext);
