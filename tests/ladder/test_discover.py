"""Finding migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder, search

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *names: str) -> None:
    """Write migrations of one statement each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("select 1;\n")


def names(folder: Path) -> list[str]:
    """Return the names of the ladder in a folder, in its order."""
    return [migration.name for migration in find_ladder(folder).migrations]


def test_a_file_is_a_ladder_of_one(tmp_path: Path) -> None:
    """A single file can be named."""
    write(tmp_path, "01_a.sql", "02_b.sql")
    assert [m.name for m in find_ladder(tmp_path / "02_b.sql").migrations] == ["02_b.sql"]


def test_no_ladder_is_an_error(tmp_path: Path) -> None:
    """An empty folder and a missing one are told apart, each with what to do."""
    with pytest.raises(LadderError, match=r"looked for \*\.up\.sql and \*\.sql"):
        find_ladder(tmp_path)
    with pytest.raises(LadderError, match="no such file or folder"):
        find_ladder(tmp_path / "absent")


def test_a_ladder_is_found_below_a_build_context(tmp_path: Path) -> None:
    """Folders of dependencies, hidden ones and ones too deep are not looked into."""
    write(tmp_path / "node_modules" / "x" / "migrations", "1_a.up.sql", "2_b.up.sql")
    write(tmp_path / ".git" / "migrations", "1_a.up.sql")
    write(tmp_path / "a" / "b" / "c" / "d" / "e" / "f" / "migrations", "1_a.up.sql")
    assert search([tmp_path]) is None
    write(tmp_path / "internal" / "db" / "migrations", "1_a.up.sql")
    found = search([tmp_path])
    assert found is not None
    assert found.root == tmp_path / "internal" / "db" / "migrations"
    assert found.notes == ()


def test_the_likely_and_larger_candidate_is_taken_and_said(tmp_path: Path) -> None:
    """A folder called migrations goes before a larger one without such a name, and the choice is noted."""
    write(tmp_path / "reports", "1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql")
    write(tmp_path / "old" / "migrations", "1_a.sql")
    write(tmp_path / "migrations", "1_a.sql", "2_b.sql")
    found = search([tmp_path, tmp_path])
    assert found is not None
    assert found.root == tmp_path / "migrations"
    assert len(found.notes) == 1
    assert str(tmp_path / "old" / "migrations") in found.notes[0]


def test_queries_that_lie_about_are_no_ladder(tmp_path: Path) -> None:
    """Un-numbered .sql files in a folder without a likely name are not taken for migrations."""
    write(tmp_path / "queries", "list_users.sql")
    assert search([tmp_path]) is None
