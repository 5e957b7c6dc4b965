DO $bootsmoke$ BEGIN
IF to_regclass('users') IS NULL THEN
DO $$
BEGIN
    IF to_regclass('users') IS NOT NULL THEN
        GRANT SELECT ON users TO PUBLIC;
    END IF;
END
$$;
END IF;
END $bootsmoke$;
