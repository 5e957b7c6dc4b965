"""Migrations and their statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.model import Ladder, load

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
