ALTER TABLE grants ADD COLUMN IF NOT EXISTS note text;
--> statement-breakpoint
ALTER TABLE grants ADD COLUMN level grant_level;
