CREATE SCHEMA plain;
CREATE SCHEMA IF NOT EXISTS guarded;
CREATE SCHEMA elements CREATE VIEW v AS SELECT a FROM t CREATE TABLE t (a int);
CREATE SCHEMA AUTHORIZATION postgres;
CREATE SCHEMA IF NOT EXISTS renamed;
CREATE TABLE guarded.t (a int);
CREATE TYPE guarded.kind AS ENUM ('a');
-- file: 002.sql
SET search_path TO guarded, public;
CREATE TABLE t2 (a int, k kind);
CREATE VIEW v AS SELECT a FROM t;
RESET search_path;
ALTER SCHEMA renamed RENAME TO other_name;
DROP SCHEMA plain;
CREATE TABLE renamed_table (a guarded.kind);
-- file: 003.sql
DROP SCHEMA elements CASCADE;
CREATE TABLE IF NOT EXISTS guarded.t (a int);
CREATE SCHEMA lost;
CREATE TABLE lost.t (a int);
DROP SCHEMA lost CASCADE;
DROP SCHEMA IF EXISTS lost;
