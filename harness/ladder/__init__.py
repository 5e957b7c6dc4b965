"""Finds migrations in their tool's order, split into statements with file, line and span. Runs no SQL."""
