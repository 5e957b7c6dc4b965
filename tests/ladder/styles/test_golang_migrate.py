"""golang-migrate's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_up_files_go_by_number(tmp_path: Path) -> None:
    """By the number, not by the name; .down.sql is never run, and another .sql is left out with a note."""
    lay(tmp_path, "10_c.up.sql", "9_b.up.sql", "000001_a.up.sql", "9_b.down.sql", "seed.sql")
    assert styled(tmp_path) == ("golang-migrate", ["000001_a.up.sql", "9_b.up.sql", "10_c.up.sql"])
    assert find_ladder(tmp_path).notes == ("not part of the ladder in the style golang-migrate: seed.sql",)


def test_names_that_it_does_not_read_are_not_its_style(tmp_path: Path) -> None:
    """Its names have an underscore after the number; with others a program of its own must be at work."""
    lay(tmp_path, "002-b.up.sql", "001-a.up.sql", "001-a.down.sql")
    assert styled(tmp_path) == ("numbered", ["001-a.up.sql", "002-b.up.sql"])


def test_one_version_twice_is_noted(tmp_path: Path) -> None:
    """The tool refuses it; a server's own runner may not, so that the ladder is read, by name."""
    lay(tmp_path, "1_b.up.sql", "01_a.up.sql")
    assert find_ladder(tmp_path).notes == (
        "01_a.up.sql and 1_b.up.sql have one version: golang-migrate refuses that; they are taken by name",
    )
