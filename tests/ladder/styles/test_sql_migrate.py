"""sql-migrate's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, only, placed, styled

if TYPE_CHECKING:
    from pathlib import Path

UP = "-- +migrate Up\nselect 1;\n"


def test_up_and_down_take_turns(tmp_path: Path) -> None:
    """Each Up section counts, with its own lines."""
    text = "-- +migrate Up\nselect 1;\n-- +migrate Down\nselect 2;\n-- +migrate Up\r\nselect 3;\n"
    assert placed(only(lay(tmp_path, **{"1": text}))) == [(2, "select 1"), (6, "select 3")]


def test_numbers_go_before_names(tmp_path: Path) -> None:
    """By number, then by name; files without a number follow."""
    lay(tmp_path, **{"init": UP, "10_b": UP, "9": UP, "010_a": UP})
    assert styled(tmp_path) == ("sql-migrate", ["9.sql", "010_a.sql", "10_b.sql", "init.sql"])


@pytest.mark.parametrize(
    ("line", "transactional"),
    [("-- +migrate Up notransaction", False), ("-- +migrate Up", True), ("-- +migrate Down notransaction", True)],
)
def test_notransaction_is_an_option_of_up(tmp_path: Path, line: str, transactional: bool) -> None:
    """The option on a Down line says nothing about the way up."""
    text = f"{line}\nselect 1;\n-- +migrate Up\nselect 2;\n"
    assert only(lay(tmp_path, **{"1": text})).transactional is transactional


def test_a_file_without_an_up_section_is_refused(tmp_path: Path) -> None:
    """sql-migrate stops at a file without annotations."""
    lay(tmp_path, "2.sql", **{"1": UP})
    with pytest.raises(LadderError, match=r"2\.sql:1: no line `-- \+migrate Up`"):
        find_ladder(tmp_path)
