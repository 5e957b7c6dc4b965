COMMENT ON TABLE users IS 'People and robots';
