ALTER TABLE actors ADD COLUMN IF NOT EXISTS slug text;
UPDATE actors SET slug = slugify(name);
