"""Which extensions a ladder creates."""

from __future__ import annotations

from pathlib import Path

from harness.ladder.model import Migration
from harness.replay.extensions import extensions_of


def migration(text: str) -> Migration:
    """Make a migration of this text."""
    return Migration("1.sql", Path("1.sql"), text)


def test_extensions_of_a_ladder() -> None:
    """Every CREATE EXTENSION counts, quoted or guarded; comments, strings and drops do not."""
    ladder = [
        migration('CREATE TABLE t (); create extension "uuid-ossp";'),
        migration("CREATE EXTENSION IF NOT EXISTS Vector SCHEMA public CASCADE; DROP EXTENSION hstore;"),
        migration("-- CREATE EXTENSION citext;\nSELECT 'CREATE EXTENSION ltree'"),
    ]
    assert extensions_of(ladder) == {"uuid-ossp", "vector"}
