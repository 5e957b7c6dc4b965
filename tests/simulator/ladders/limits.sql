CREATE TABLE IF NOT EXISTS kinds (id serial PRIMARY KEY, type int NOT NULL, level int);
DO $$ BEGIN
    IF NOT EXISTS (SELECT id FROM kinds LIMIT 1) THEN INSERT INTO kinds (type, level) VALUES (1, 5), (2, 5); END IF;
END $$;
CREATE TABLE IF NOT EXISTS levels (level int UNIQUE);
INSERT INTO levels SELECT level FROM kinds LIMIT 1;
