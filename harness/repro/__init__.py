"""Proves a failed boot: makes it happen again on a real Postgres, with the few statements that it takes."""
