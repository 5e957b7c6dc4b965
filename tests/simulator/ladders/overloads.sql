CREATE TABLE a (id int PRIMARY KEY, n text, at timestamp);
CREATE OR REPLACE FUNCTION f(x int) RETURNS text LANGUAGE sql AS 'SELECT x::text';
CREATE OR REPLACE FUNCTION g(x int, y text DEFAULT 'y', VARIADIC z int[] DEFAULT '{}') RETURNS int LANGUAGE sql AS 'SELECT x';
SELECT f(1), g(1), g(1, 'a'), g(1, 'a', 2, 3), g(1, y => 'b', VARIADIC z => '{1}');
SELECT f(id) || n FROM a WHERE n = 'x' AND id = 1;
SELECT n || id FROM a;
SELECT id + 1, at - interval '1 day', at > now() FROM a;
SELECT length(n), lower(n), coalesce(n, 'x'), id / 2.0 FROM a;
CREATE OR REPLACE VIEW v AS SELECT id, n, id + 1 AS next, f(id) AS shown FROM a;
UPDATE a SET n = 1 WHERE id = 2;
INSERT INTO a (id, n) SELECT 3, 'x' ON CONFLICT (id) DO NOTHING;
CREATE INDEX IF NOT EXISTS a_lower ON a (lower(n));
SELECT * FROM a WHERE n LIKE 'x%';
SELECT sum(id), max(n), array_agg(n ORDER BY id) FROM a;
-- file: 002.sql
DROP VIEW v;
DROP INDEX IF EXISTS a_lower;
ALTER TABLE a ALTER COLUMN n TYPE int USING 0;
CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 0) RETURNS text LANGUAGE sql AS 'SELECT x::text';
