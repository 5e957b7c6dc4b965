CREATE SCHEMA IF NOT EXISTS app;
CREATE TABLE IF NOT EXISTS app.things (id int PRIMARY KEY);
CREATE OR REPLACE FUNCTION add_thing(n int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = app AS $$
BEGIN INSERT INTO things VALUES (n); END $$;
CREATE OR REPLACE FUNCTION count_things() RETURNS bigint LANGUAGE sql SET search_path TO app, public AS 'SELECT count(*) FROM things';
CREATE OR REPLACE FUNCTION make_here(t text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM set_config('search_path', 'app', true); EXECUTE format('CREATE TABLE %I (id int)', t); END $$;
SELECT add_thing(1);
SELECT 1 / (2 - count_things());
CREATE TABLE IF NOT EXISTS things (a text);
SELECT add_thing(2) WHERE count_things() < 2;
CREATE OR REPLACE FUNCTION unset(n int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO things VALUES (n); END $$;
ALTER FUNCTION unset(int) SET search_path = app;
SELECT unset(3);
SELECT make_here('made');
CREATE TABLE made_later (a int);
