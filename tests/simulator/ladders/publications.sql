CREATE TABLE IF NOT EXISTS sent (id int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY);
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_publication WHERE pubname = 'news') THEN CREATE PUBLICATION news; END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_publication_tables WHERE pubname = 'news' AND schemaname = 'public' AND tablename = 'sent'
    ) THEN
        ALTER PUBLICATION news ADD TABLE sent;
    END IF;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid WHERE c.relname = 'kept'
    ) THEN
        ALTER PUBLICATION news ADD TABLE kept;
    END IF;
END $$;
CREATE PUBLICATION second FOR TABLE sent;
-- file: 002.sql
ALTER PUBLICATION news DROP TABLE kept;
