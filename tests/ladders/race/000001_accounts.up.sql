-- Safe to replay, but two boots at the same moment both see that there is no table yet.
CREATE TABLE IF NOT EXISTS accounts (id bigint PRIMARY KEY, name text NOT NULL);
