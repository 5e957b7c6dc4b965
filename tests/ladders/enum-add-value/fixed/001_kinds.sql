DO $bootsmoke$ BEGIN
IF to_regtype('kind') IS NULL THEN
CREATE TYPE kind AS ENUM ('person', 'robot');
END IF;
END $bootsmoke$;
