-- CREATE INDEX CONCURRENTLY keeps this file out of a transaction: a boot that dies in between leaves half of it.
DO $$ BEGIN
  IF to_regclass('totals_done') IS NULL THEN
    CREATE TABLE totals (order_id bigint REFERENCES orders, total bigint NOT NULL);
  END IF;
END $$;
CREATE TABLE IF NOT EXISTS totals_done (at timestamptz);
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_total ON orders (total);
