"""Judges a ladder without a database: every statement that does not survive a second boot, by stable codes."""
