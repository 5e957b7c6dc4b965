"""Migrations and their statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder, Migration, load
from tests.ladder.laying import lay

if TYPE_CHECKING:
    from pathlib import Path


def test_statements_are_numbered_and_placed(tmp_path: Path) -> None:
    """Each statement has its number, place and text; a byte order mark is no part of the file's text."""
    path = tmp_path / "1_a.up.sql"
    path.write_bytes(b"\xef\xbb\xbf-- head\r\nselect 1;\r\n\tselect\r\n 2;\r\n")
    first, second = load(path).statements
    assert (first.number, first.line, first.column, first.end_line, first.text) == (1, 2, 1, 2, "select 1")
    assert (second.number, second.line, second.column, second.end_line) == (2, 3, 2, 4)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [(b"select 1;\nselect '\xe9\xff'", 2, 9), (b"select 1;\n\n\0", 3, 1), (b"\xff\xfes\0e\0", 1, 1)],
)
def test_what_is_no_text_is_refused_with_its_place(tmp_path: Path, data: bytes, line: int, column: int) -> None:
    """Bytes that are no UTF-8, and NUL bytes, are an error at their line and column."""
    path = tmp_path / "1_a.up.sql"
    path.write_bytes(data)
    with pytest.raises(LadderError) as caught:
        load(path)
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (line, column)


def test_a_broken_statement_leaves_the_others_in_place(tmp_path: Path) -> None:
    """A statement that Postgres refuses is a statement all the same, so that an error can be traced to it."""
    path = tmp_path / "1_a.up.sql"
    path.write_text("select 1;\ncreate tabel t ();\nselect 2;\n")
    assert [statement.line for statement in load(path).statements] == [1, 2, 3]


def test_a_stem_is_what_logs_say(tmp_path: Path) -> None:
    """Without its ending, or the folder's name where the migration has one for itself."""
    names = ("1_a.up.sql", "V1__a.sql", "data/V2__b.sql", "1_a/up.sql", "2_b/migration.sql", "up.sql")
    stems = [Migration(name, tmp_path / name, "").stem for name in names]
    assert stems == ["1_a", "V1__a", "V2__b", "1_a", "2_b", "up"]


def test_a_ladder_is_checked_for_what_psql_alone_reads(tmp_path: Path) -> None:
    """The first backslash command in any file is an error with its file and line."""
    good, bad = (
        Migration("1.sql", tmp_path / "1.sql", "select 1;"),
        Migration("2.sql", tmp_path / "2.sql", "\n\\d\n"),
    )
    Ladder(tmp_path, "plain", (good,)).check()
    with pytest.raises(LadderError, match=r"2\.sql:2:1: a backslash command"):
        Ladder(tmp_path, "plain", (good, bad)).check()


def test_an_overlay_goes_by_the_end_of_the_path(tmp_path: Path) -> None:
    """A path in a container replaces the migration that it ends in; an unknown name is put in front, whole."""
    lay(tmp_path, "1_a/up.sql", "2_b/up.sql", other="select 'other';", init="select 'init';")
    targets = {"/app/migrations/2_b/up.sql": tmp_path / "other.sql", "/initdb.d/init.sql": tmp_path / "init.sql"}
    over = find_ladder(tmp_path, "diesel").overlay(targets)
    assert [(m.name, m.path.name) for m in over.migrations] == [
        ("init.sql", "init.sql"),
        ("1_a/up.sql", "up.sql"),
        ("2_b/up.sql", "other.sql"),
    ]


def test_an_overlay_reads_as_the_tool_does(tmp_path: Path) -> None:
    """What replaces a migration of goose is cut to its Up section too."""
    up = "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;\n"
    lay(tmp_path / "ladder", **{"1_a": up})
    lay(tmp_path, new=up)
    over = find_ladder(tmp_path / "ladder").overlay({"1_a.sql": tmp_path / "new.sql"})
    assert [len(migration.statements) for migration in over.migrations] == [1]


def test_an_overlay_replaces_and_adds_in_order(tmp_path: Path) -> None:
    """A file of the same name takes the place of the ladder's, a new one goes where its number says."""
    for name in ("1_a.up.sql", "10_c.up.sql", "other.sql"):
        (tmp_path / name).write_text(f"select '{name}'")
    ladder = Ladder(tmp_path, "golang-migrate", (load(tmp_path / "1_a.up.sql"), load(tmp_path / "10_c.up.sql")))
    over = ladder.overlay({"10_c.up.sql": tmp_path / "other.sql", "2_b.up.sql": tmp_path / "other.sql"})
    assert [(m.name, m.path.name) for m in over.migrations] == [
        ("1_a.up.sql", "1_a.up.sql"),
        ("2_b.up.sql", "other.sql"),
        ("10_c.up.sql", "other.sql"),
    ]
    assert len(ladder.migrations) == 2
