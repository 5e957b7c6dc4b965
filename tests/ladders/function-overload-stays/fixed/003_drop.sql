-- Gone after the cold boot, and here again after the warm one, which stops no more at the file that fails.
DO $$
BEGIN
    IF to_regclass('done') IS NULL THEN
        DROP FUNCTION total(INTEGER);
        CREATE TABLE done ();
    END IF;
END
$$;
