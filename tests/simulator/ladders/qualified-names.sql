CREATE TABLE IF NOT EXISTS t (id int);
SELECT information_schema.tables.table_name FROM information_schema.tables
JOIN pg_class ON pg_class.relname = information_schema.tables.table_name WHERE pg_catalog.pg_class.relkind = 'r';
SELECT public.t.id FROM t WHERE public.t.id = 1;
