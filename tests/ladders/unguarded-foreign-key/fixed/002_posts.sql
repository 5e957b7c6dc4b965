CREATE TABLE IF NOT EXISTS posts (
    id     INTEGER PRIMARY KEY,
    author INTEGER
);

DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('posts') AND conname = 'posts_author_fkey') THEN
ALTER TABLE posts ADD CONSTRAINT posts_author_fkey FOREIGN KEY (author) REFERENCES users (id);
END IF;
END $bootsmoke$;

DO $bootsmoke$ BEGIN
IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('posts') AND conname = 'posts_author_fkey1') THEN
ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users (id);
END IF;
END $bootsmoke$;
