CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, kind text);
INSERT INTO items VALUES (1, 'a'), (2, 'b') ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION of_kind(wanted text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE found int;
BEGIN
    DROP TABLE IF EXISTS chosen;
    CREATE TEMP TABLE chosen ON COMMIT DROP AS SELECT id, wanted AS kind FROM items WHERE kind = wanted;
    SELECT count(*) INTO found FROM chosen;
    RETURN found;
END $$;
CREATE TABLE IF NOT EXISTS counts (n int UNIQUE);
INSERT INTO counts SELECT of_kind('b');
DO $$ DECLARE k text := 'a'; BEGIN
    CREATE TABLE kept AS SELECT id, k AS kind FROM items WHERE kind = k;
    ALTER TABLE kept ADD PRIMARY KEY (id);
    INSERT INTO kept VALUES (1, 'x') ON CONFLICT DO NOTHING;
END $$;
