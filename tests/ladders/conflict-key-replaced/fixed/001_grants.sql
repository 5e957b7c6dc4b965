DO $bootsmoke$ BEGIN
IF to_regclass('grants') IS NULL THEN
CREATE TABLE IF NOT EXISTS grants (
    id    UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    actor TEXT NOT NULL,
    role  TEXT NOT NULL,
    CONSTRAINT grants_actor_role_key UNIQUE (actor, role)
);

INSERT INTO grants (actor, role) VALUES ('scheduler', 'operator')
ON CONFLICT (actor, role) DO NOTHING;
END IF;
END $bootsmoke$;
