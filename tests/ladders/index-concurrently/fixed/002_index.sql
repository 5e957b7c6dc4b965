CREATE INDEX CONCURRENTLY IF NOT EXISTS users_name_idx ON users (name);

CREATE INDEX CONCURRENTLY IF NOT EXISTS users_lower_name_idx ON users (lower(name));
