ALTER TABLE grants ADD COLUMN IF NOT EXISTS note text;
ALTER TABLE grants ADD COLUMN level grant_level;
