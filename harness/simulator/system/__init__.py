"""pg_catalog and information_schema, computed from the symbolic catalog, and the functions that ask it."""
