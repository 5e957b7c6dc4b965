"""ALTER TABLE and its sub-commands."""
