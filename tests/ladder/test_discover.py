"""Finding migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder, search
from tests.ladder.laying import lay, names

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_a_ladder_of_one(tmp_path: Path) -> None:
    """A single file can be named."""
    lay(tmp_path, "01_a.sql", "02_b.sql")
    assert [m.name for m in find_ladder(tmp_path / "02_b.sql").migrations] == ["02_b.sql"]


def test_a_single_file_is_read_in_its_tools_way(tmp_path: Path) -> None:
    """The annotations in the file tell its style, and so does --style; a way back can be named too."""
    lay(tmp_path, "1_a.down.sql", **{"2_b": "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;\n"})
    ladder = find_ladder(tmp_path / "2_b.sql")
    assert (ladder.style, len(ladder.migrations[0].statements)) == ("goose", 1)
    assert len(find_ladder(tmp_path / "2_b.sql", "plain").migrations[0].statements) == 2
    assert names(tmp_path / "1_a.down.sql") == ["1_a.down.sql"]


def test_a_style_can_be_named(tmp_path: Path) -> None:
    """The guess gives way to --style, and the ladder says which it was and why."""
    lay(tmp_path, "10_a.sql", "9_b.sql")
    assert find_ladder(tmp_path).why == "all its .sql files begin with a number"
    ladder = find_ladder(tmp_path, "plain")
    assert (ladder.style, ladder.why) == ("plain", "named by --style")
    assert [migration.name for migration in ladder.migrations] == ["10_a.sql", "9_b.sql"]
    with pytest.raises(LadderError, match=r"looked for V<version>__<name>\.sql and R__<name>\.sql"):
        find_ladder(tmp_path, "flyway")


def test_the_folder_above_leads_to_the_right_one(tmp_path: Path) -> None:
    """Where the folder holds no ladder but one below does, the error names that one."""
    lay(tmp_path, "src/app/migrations/1_a.up.sql", "prisma/migrations/1_a/migration.sql")
    with pytest.raises(LadderError) as caught:
        find_ladder(tmp_path)
    assert caught.value.help.startswith("did you mean ")
    assert str(tmp_path / "src" / "app" / "migrations") in caught.value.help
    assert str(tmp_path / "prisma" / "migrations") in caught.value.help


def test_no_ladder_is_an_error(tmp_path: Path) -> None:
    """An empty folder and a missing one are told apart, each with what to do."""
    with pytest.raises(LadderError, match=r"looked for \*\.up\.sql and \*\.sql"):
        find_ladder(tmp_path)
    with pytest.raises(LadderError, match="no such file or folder"):
        find_ladder(tmp_path / "absent")


def test_a_ladder_is_found_below_a_build_context(tmp_path: Path) -> None:
    """Folders of dependencies, hidden ones and ones too deep are not looked into."""
    lay(tmp_path / "node_modules" / "x" / "migrations", "1_a.up.sql", "2_b.up.sql")
    lay(tmp_path / ".git" / "migrations", "1_a.up.sql")
    lay(tmp_path / "a" / "b" / "c" / "d" / "e" / "f" / "migrations", "1_a.up.sql")
    assert search([tmp_path]) is None
    lay(tmp_path / "internal" / "db" / "migrations", "1_a.up.sql")
    found = search([tmp_path])
    assert found is not None
    assert found.root == tmp_path / "internal" / "db" / "migrations"
    assert found.notes == ()


def test_the_likely_and_larger_candidate_is_taken_and_said(tmp_path: Path) -> None:
    """A folder called migrations goes before a larger one without such a name, and the choice is noted."""
    lay(tmp_path / "reports", "1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql")
    lay(tmp_path / "old" / "migrations", "1_a.sql")
    lay(tmp_path / "migrations", "1_a.sql", "2_b.sql")
    found = search([tmp_path, tmp_path])
    assert found is not None
    assert found.root == tmp_path / "migrations"
    assert len(found.notes) == 1
    assert str(tmp_path / "old" / "migrations") in found.notes[0]


def test_the_ladder_of_another_database_goes_last(tmp_path: Path) -> None:
    """Of the ladders that a program has for several databases the one for Postgres is taken."""
    lay(tmp_path / "migrations" / "mysql", "1_a.up.sql", "2_b.up.sql")
    lay(tmp_path / "migrations" / "postgres", "1_a.up.sql")
    found = search([tmp_path])
    assert found is not None
    assert found.root == tmp_path / "migrations" / "postgres"


def test_queries_that_lie_about_are_no_ladder(tmp_path: Path) -> None:
    """Un-numbered .sql files in a folder without a likely name are not taken for migrations."""
    lay(tmp_path / "queries", "list_users.sql")
    assert search([tmp_path]) is None


def test_ladders_of_every_kind_are_found_below_a_build_context(tmp_path: Path) -> None:
    """Flyway's usual place, and migrations with folders of their own, are found by their home."""
    for home, names_there in {
        "src/main/resources/db/migration": ["V1__a.sql", "V2__b.sql"],
        "prisma/migrations": ["1_a/migration.sql", "2_b/migration.sql"],
        "diesel/migrations": ["2020-01-01-000000_a/up.sql", "2020-01-02-000000_b/up.sql"],
    }.items():
        context = tmp_path / home.partition("/")[0]
        lay(tmp_path / home, *names_there)
        found = search([context])
        assert found is not None
        assert (found.root, [m.name for m in found.migrations]) == (tmp_path / home, names_there)
