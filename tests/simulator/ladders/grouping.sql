CREATE TABLE a (id int CONSTRAINT a_pkey PRIMARY KEY, name text, note text);
CREATE TABLE b (id int PRIMARY KEY, a_id int, n int);
ALTER TABLE a DROP CONSTRAINT IF EXISTS a_pkey;
ALTER TABLE a ADD CONSTRAINT a_pkey PRIMARY KEY (id);
SELECT name, count(*) FROM a GROUP BY id;
SELECT a.name, sum(n) AS total FROM a JOIN b ON a_id = a.id GROUP BY a.id HAVING sum(n) > 1 ORDER BY total;
SELECT lower(name) AS l, count(*) FROM a GROUP BY l;
SELECT lower(name) || 'x', max(note) FROM a GROUP BY lower(name);
SELECT b.n, count(a.*) FROM a RIGHT JOIN b ON a_id = a.id GROUP BY 1;
SELECT id, a.name FROM a JOIN (SELECT id FROM b) AS q USING (id) GROUP BY id, a.name;
SELECT (SELECT max(b.n) FROM b WHERE b.a_id = a.id) FROM a GROUP BY a.id;
-- file: 002.sql
CREATE OR REPLACE VIEW v AS SELECT a.id, a.name, count(b.id) AS many FROM a LEFT JOIN b ON a_id = a.id GROUP BY a.id;
-- file: 003.sql
CREATE OR REPLACE VIEW w AS SELECT b.id, b.n, count(*) FROM b GROUP BY b.id;
DROP VIEW w;
ALTER TABLE b DROP CONSTRAINT b_pkey, ADD PRIMARY KEY (id, n);
