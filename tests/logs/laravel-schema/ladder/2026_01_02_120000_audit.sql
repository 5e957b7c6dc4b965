CREATE SCHEMA audit;
CREATE TABLE IF NOT EXISTS audit.events (id bigint PRIMARY KEY, at timestamptz NOT NULL);
