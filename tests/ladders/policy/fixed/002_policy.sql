ALTER TABLE users ENABLE ROW LEVEL SECURITY;

DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = to_regclass('users') AND polname = 'users_read') THEN
CREATE POLICY users_read ON users FOR SELECT USING (true);
END IF;
END $bootsmoke$;
