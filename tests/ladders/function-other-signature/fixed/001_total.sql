DO $bootsmoke$ BEGIN
IF to_regprocedure('total(integer)') IS NULL THEN
CREATE OR REPLACE FUNCTION total(amount INTEGER) RETURNS INTEGER
LANGUAGE sql AS 'SELECT amount';
END IF;
END $bootsmoke$;
