CREATE TABLE posts (
    id     INTEGER PRIMARY KEY,
    author INTEGER REFERENCES people (id)
);
