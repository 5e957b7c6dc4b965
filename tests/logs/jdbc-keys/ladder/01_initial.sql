CREATE TABLE IF NOT EXISTS actors (id integer NOT NULL, name text NOT NULL);
