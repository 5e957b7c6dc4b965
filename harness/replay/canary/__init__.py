"""A few rows for every table, made so that a warm boot shows what it does to live data."""
