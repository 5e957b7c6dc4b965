CREATE TABLE IF NOT EXISTS actors (
    id   integer PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE IF NOT EXISTS grants (
    id       integer PRIMARY KEY,
    actor_id integer REFERENCES actors (id),
    role     text NOT NULL
);
