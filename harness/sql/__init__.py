"""The only importer of the SQL parser: statements with their places, and what each one makes."""
