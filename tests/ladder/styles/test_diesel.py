"""Diesel's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ladder.laying import lay, only, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_versions_are_text_without_dashes(tmp_path: Path) -> None:
    """2020-01-02-000000 is before 20200103000000, whatever follows the underscore; down.sql is left out."""
    lay(tmp_path, "20200103000000_a/up.sql", "2020-01-02-000000_z/up.sql", "2020-01-02-000000_z/down.sql")
    assert styled(tmp_path) == ("diesel", ["2020-01-02-000000_z/up.sql", "20200103000000_a/up.sql"])


@pytest.mark.parametrize(
    ("metadata", "transactional"),
    [("run_in_transaction = false", False), ("run_in_transaction = true", True), ("", False), ("=", True)],
)
def test_metadata_may_turn_the_transaction_off(tmp_path: Path, metadata: str, transactional: bool) -> None:
    """A metadata.toml without the key means false to Diesel, one that is broken means nothing."""
    lay(tmp_path, "1_a/up.sql")
    (tmp_path / "1_a" / "metadata.toml").write_text(metadata)
    assert only(tmp_path).transactional is transactional


def test_without_metadata_a_file_is_a_transaction(tmp_path: Path) -> None:
    """The default is a transaction."""
    assert only(lay(tmp_path, "1_a/up.sql")).transactional
