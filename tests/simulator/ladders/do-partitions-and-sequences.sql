CREATE TABLE IF NOT EXISTS events (id bigserial, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
DO $$ DECLARE d date; part text; BEGIN
  FOR d IN SELECT generate_series('2024-01-01'::date, '2024-03-01'::date, interval '1 month') LOOP
    part := 'events_' || to_char(d, 'YYYY_MM');
    IF to_regclass(part) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)', part, d, d + interval '1 month');
    END IF;
  END LOOP;
END $$;
DO $$ DECLARE y int; BEGIN FOR y IN 2020..2022 LOOP
  EXECUTE format('CREATE TABLE old_%s (CHECK (at >= %L AND at < %L)) INHERITS (events_base)', y, y || '-01-01', (y+1) || '-01-01');
END LOOP; EXCEPTION WHEN undefined_table THEN RAISE NOTICE 'no base'; END $$;
DO $$ DECLARE start_date date := '2024-05-01'; i int; BEGIN
  FOR i IN 0..2 LOOP
    EXECUTE 'CREATE TABLE events_p' || i || ' PARTITION OF events FOR VALUES FROM (''' || start_date + (i || ' month')::interval || ''') TO (''' || start_date + ((i + 1) || ' month')::interval || ''')';
  END LOOP;
END $$;
CREATE TABLE IF NOT EXISTS n (id serial PRIMARY KEY, v int);
INSERT INTO n (v) SELECT 1 WHERE NOT EXISTS (SELECT FROM n);
SELECT setval(pg_get_serial_sequence('n', 'id'), coalesce(max(id), 1)) FROM n;
SELECT setval('n_id_seq', (SELECT max(id) FROM n));
DO $$ BEGIN PERFORM setval('n_id_seq', 100); PERFORM pg_advisory_xact_lock(1234); PERFORM pg_notify('a', 'b'); END $$;
SELECT count(*) FROM n;
SELECT 1/(CASE WHEN EXISTS (SELECT FROM pg_class WHERE relname = 'later_table') THEN 0 ELSE 1 END);
SELECT nextval('n_id_seq');
LOCK TABLE n IN ACCESS EXCLUSIVE MODE;
SET LOCAL lock_timeout = '5s';
DO $$ BEGIN EXECUTE 'COMMENT ON TABLE n IS ' || quote_literal('it''s'); EXECUTE 'COMMENT ON COLUMN n.v IS $c$x$c$'; END $$;
DO $$ BEGIN IF col_description('n'::regclass, 2) = 'x' THEN EXECUTE 'CREATE TABLE later_table (a int)'; END IF; END $$;
DO $$ DECLARE q text := 'INSERT INTO n (v) VALUES ($1) RETURNING id'; r int; BEGIN
  EXECUTE q INTO r USING 42; IF r <= 100 THEN RAISE EXCEPTION 'r is %', r; END IF; END $$;
ANALYZE n;
CREATE MATERIALIZED VIEW IF NOT EXISTS mv AS SELECT count(*) AS c FROM n;
DO $$ BEGIN REFRESH MATERIALIZED VIEW mv; END $$;
DO $$ DECLARE a text[] := string_to_array('x,y,z', ','); s text; n2 int := 0; BEGIN
  FOREACH s IN ARRAY a LOOP n2 := n2 + 1; EXECUTE format('CREATE TABLE IF NOT EXISTS t_%s (id int, %I text)', s, 'col ' || n2); END LOOP;
  a := array_append(a, 'w'); a := a || 'v'::text;
  IF array_length(a, 1) <> 5 OR a[5] <> 'v' THEN RAISE EXCEPTION 'a is %', a; END IF;
END $$;
ALTER TABLE t_y RENAME COLUMN "col 2" TO two;
