CREATE TYPE mood AS ENUM ('ok', 'bad');
ALTER TABLE actors ADD COLUMN mood mood;
