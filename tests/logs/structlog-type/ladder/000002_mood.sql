CREATE TYPE mood AS ENUM ('ok', 'bad');
ALTER TABLE actors ADD COLUMN IF NOT EXISTS mood mood;
