ALTER TABLE actors ADD COLUMN IF NOT EXISTS touched timestamptz;
CREATE FUNCTION touch_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.touched := now();
    RETURN NEW;
END;
$$;
