ALTER TABLE grants ADD COLUMN IF NOT EXISTS note text;
UPDATE permissions SET note = 'none' WHERE note IS NULL;
