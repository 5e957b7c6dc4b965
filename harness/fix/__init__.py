"""Makes a ladder replay-safe by byte edits, and proves them on a real Postgres before anything is written."""
