"""Prisma's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_go_by_name(tmp_path: Path) -> None:
    """Each folder holds a migration.sql; the lock file is what tells Prisma's."""
    lay(tmp_path, "20240102_b/migration.sql", "20240101_a/migration.sql", "migration_lock.toml")
    assert styled(tmp_path) == ("prisma", ["20240101_a/migration.sql", "20240102_b/migration.sql"])
    assert find_ladder(tmp_path).why == "there is a migration_lock.toml"


def test_without_a_lock_file(tmp_path: Path) -> None:
    """Folders with a migration.sql each are enough; the migration is known by its folder's name."""
    lay(tmp_path, "20240101_a/migration.sql", "20240101_a/other.sql")
    (migration,) = find_ladder(tmp_path).migrations
    assert (migration.name, migration.stem) == ("20240101_a/migration.sql", "20240101_a")
