CREATE SCHEMA IF NOT EXISTS app;
SET search_path TO app, public;
CREATE TABLE IF NOT EXISTS t (a int);
CREATE TABLE u (a int);
RESET search_path;
SET search_path = '';
CREATE TABLE app.v (a int);
SET search_path TO DEFAULT;
CREATE TABLE v (a int);
SELECT pg_catalog.set_config('search_path', 'app', false);
ALTER TABLE v ADD COLUMN b int;
SELECT set_config('search_path', 'public, app', true);
ALTER TABLE v ADD COLUMN c int;
-- file: 002.sql
ALTER TABLE v ADD COLUMN IF NOT EXISTS c int;
-- file: 003.sql
SET search_path TO app;
SET client_min_messages = warning;
SET statement_timeout = 0;
SHOW search_path;
SET CONSTRAINTS ALL DEFERRED;
