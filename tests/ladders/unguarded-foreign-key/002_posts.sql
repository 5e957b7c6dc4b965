CREATE TABLE IF NOT EXISTS posts (
    id     INTEGER PRIMARY KEY,
    author INTEGER
);

ALTER TABLE posts ADD CONSTRAINT posts_author_fkey FOREIGN KEY (author) REFERENCES users (id);

ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users (id);
