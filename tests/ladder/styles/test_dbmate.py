"""dbmate's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, only, placed, styled

if TYPE_CHECKING:
    from pathlib import Path

UP = "-- migrate:up\nselect 1;\n"


def test_the_up_sections_keep_their_places(tmp_path: Path) -> None:
    """A file may hold several; what stands after migrate:down is left out."""
    text = "-- migrate:up\r\nselect 1;\n--migrate:down\nselect 2;\n-- migrate:up\nselect 3;\n"
    assert placed(only(lay(tmp_path, **{"1_a": text}))) == [(2, "select 1"), (6, "select 3")]


def test_an_indented_annotation_is_read_as_it_was_meant(tmp_path: Path) -> None:
    """The way back is not sent; a note says that dbmate itself would send it."""
    migration = only(lay(tmp_path, **{"1_a": "-- migrate:up\nselect 1\n  -- migrate:down\nselect 2;\n"}))
    assert placed(migration) == [(2, "select 1")]
    assert "indented" in migration.notes[0]


def test_files_go_by_name(tmp_path: Path) -> None:
    """By name, even where the numbers say otherwise; a name without a number is not run."""
    lay(tmp_path, **{"9_b": UP, "10_a": UP, "schema": UP})
    assert styled(tmp_path) == ("dbmate", ["10_a.sql", "9_b.sql"])


@pytest.mark.parametrize(
    ("line", "transactional"),
    [("-- migrate:up transaction:false", False), ("-- migrate:up transaction:true", True), ("-- migrate:up", True)],
)
def test_the_option_of_the_up_line(tmp_path: Path, line: str, transactional: bool) -> None:
    """transaction:false takes the section out of a transaction."""
    text = f"{line}\nselect 1;\n-- migrate:down transaction:false\n"
    assert only(lay(tmp_path, **{"1_a": text})).transactional is transactional


def test_a_file_without_an_up_section_is_refused(tmp_path: Path) -> None:
    """Dbmate stops at a file without an up section."""
    lay(tmp_path, "2_b.sql", **{"1_a": UP})
    with pytest.raises(LadderError, match=r"2_b\.sql:1: no line `-- migrate:up`"):
        find_ladder(tmp_path)
