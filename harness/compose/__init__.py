"""Compose files: resolved by Docker Compose itself, read as frozen values, turned into Engine API bodies."""
