DO $bootsmoke$ BEGIN
IF to_regclass('users') IS NULL THEN
CREATE TABLE IF NOT EXISTS users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

DO $$
BEGIN
    IF obj_description('users'::regclass) IS NULL THEN
        COMMENT ON TABLE users IS 'People';
    ELSE
        COMMENT ON TABLE users IS 'People, seen twice';
    END IF;
END
$$;
END IF;
END $bootsmoke$;
