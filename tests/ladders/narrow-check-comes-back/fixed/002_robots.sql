ALTER TABLE users DROP CONSTRAINT IF EXISTS users_kind_enum;

ALTER TABLE users ADD CONSTRAINT users_kind_enum CHECK (kind = 'robot');
