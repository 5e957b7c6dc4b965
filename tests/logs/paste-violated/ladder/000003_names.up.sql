ALTER TABLE actors ADD COLUMN nick text;
ALTER TABLE actors ADD CONSTRAINT actors_name_given CHECK (name <> '');
