"""Hasura's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ladder.laying import lay, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_versions_in_milliseconds(tmp_path: Path) -> None:
    """Thirteen digits tell Hasura's folders from Diesel's; they go by number."""
    lay(tmp_path, "1654698227514_b/up.sql", "1654696186008_a/up.sql", "1654696186008_a/down.sql")
    assert styled(tmp_path) == ("hasura", ["1654696186008_a/up.sql", "1654698227514_b/up.sql"])


def test_a_config_file_above(tmp_path: Path) -> None:
    """With a config.yaml above other versions are Hasura's too, by number and not as text."""
    lay(tmp_path, "config.yaml")
    folder = lay(tmp_path / "migrations" / "default", "10_b/up.sql", "9_a/up.sql")
    assert styled(folder) == ("hasura", ["9_a/up.sql", "10_b/up.sql"])
