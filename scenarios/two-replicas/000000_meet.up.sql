-- For the scenario alone: two servers meet here, and then make a table at the same moment. Without a lock around the
-- ladder the later one fails for certain, where it otherwise would now and then.
DO $$
BEGIN
    FOR attempt IN 1..300 LOOP
        EXIT WHEN (SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND query LIKE '-- For the scenario alone%') > 1;
        PERFORM pg_sleep(0.01);
        PERFORM pg_stat_clear_snapshot();
    END LOOP;
END
$$;

CREATE TABLE IF NOT EXISTS met (at TIMESTAMPTZ NOT NULL DEFAULT now());

SELECT pg_sleep(0.5);
