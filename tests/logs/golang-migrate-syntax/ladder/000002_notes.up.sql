ALTER TABLE actors ADD COLUMN IF NOT EXISTS note text;
CREATE TABEL notes (id integer);
