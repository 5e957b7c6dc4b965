"""The symbolic catalog: what a database holds, as values that are replaced and never changed."""
