CREATE INDEX IF NOT EXISTS grants_role_idx ON grants (role);
CREATE INDEX IF NOT EXISTS actors_mail_idx ON actors (mail);
