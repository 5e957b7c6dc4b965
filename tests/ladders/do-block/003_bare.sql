DO $$
BEGIN
    ALTER TABLE users ADD CONSTRAINT users_id_positive CHECK (id > 0);
END
$$;
