"""goose's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, names, only, placed, styled

if TYPE_CHECKING:
    from pathlib import Path

FUNCTION = """\
-- the first
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1;
END $$;
-- +goose StatementEnd
SELECT 'ä';\r
-- +goose Down
DROP FUNCTION f(); -- ö
-- +goose StatementBegin
SELECT 3;
-- +goose StatementEnd
"""
UP = "-- +goose Up\nselect 1;\n"


def test_the_up_section_keeps_its_places(tmp_path: Path) -> None:
    """Statements of the Up section have the file's lines and byte offsets; those of the Down section are gone."""
    found = placed(only(lay(tmp_path, **{"1_a": FUNCTION})))
    assert [line for line, _ in found] == [4, 9]
    assert found[1][1] == "SELECT 'ä'"


def test_files_go_by_version(tmp_path: Path) -> None:
    """By the number before the first underscore; a file without one, and version 0, are not run."""
    lay(tmp_path, **{"00010_c": UP, "9_b": UP, "20240101000000_d": UP, "notes": UP, "0_z": UP})
    assert styled(tmp_path) == ("goose", ["9_b.sql", "00010_c.sql", "20240101000000_d.sql"])
    assert find_ladder(tmp_path).notes == ("not part of the ladder in the style goose: 0_z.sql, notes.sql",)


@pytest.mark.parametrize(
    "line", ["-- +goose NO TRANSACTION", "-- +goose no transaction\r", "--+goose No Transaction"]
)
def test_no_transaction(tmp_path: Path, line: str) -> None:
    """NO TRANSACTION counts in any case, wherever it stands."""
    assert not only(lay(tmp_path, **{"1_a": f"{line}\n{UP}"})).transactional


def test_the_rest_is_in_a_transaction(tmp_path: Path) -> None:
    """Without the annotation a file is one transaction."""
    assert only(lay(tmp_path, **{"1_a": f"-- no transaction\n{UP}"})).transactional


def test_a_file_without_an_up_section_is_refused(tmp_path: Path) -> None:
    """Goose stops at such a file, and so does bootsmoke, naming it."""
    lay(tmp_path, "2_b.sql", **{"1_a": UP})
    with pytest.raises(LadderError, match=r"2_b\.sql:1: no line `-- \+goose Up`: goose refuses this file"):
        find_ladder(tmp_path)


@pytest.mark.parametrize("order", [("Up", "ENVSUB ON"), ("ENVSUB ON", "Up")])
def test_envsub_is_noted(tmp_path: Path, order: tuple[str, str]) -> None:
    """Variables stay as they stand, and the ladder says so with file and line, be it before Up or after."""
    head = "".join(f"-- +goose {word}\n" for word in order)
    lay(tmp_path, **{"1_a": f"{head}select '${{X}}';\n"})
    line = order.index("ENVSUB ON") + 1
    assert find_ladder(tmp_path).notes == (f"1_a.sql: line {line}: ENVSUB is not carried out",)


def test_envsub_on_the_way_back_is_no_matter(tmp_path: Path) -> None:
    """What only the Down section does is not noted."""
    lay(tmp_path, **{"1_a": f"{UP}-- +goose Down\n-- +goose ENVSUB ON\n"})
    assert find_ladder(tmp_path).notes == ()


def test_annotations_of_another_case(tmp_path: Path) -> None:
    """Annotations are read without regard to case, as goose reads them."""
    lay(tmp_path, **{"1_a": "-- +goose UP\nselect 1;\n-- +goose down\nselect 2;\n"})
    assert [text for _, text in placed(only(tmp_path))] == ["select 1"]


def test_a_comment_that_mentions_goose_is_no_annotation(tmp_path: Path) -> None:
    """Only lines that begin with `-- +goose` turn the direction."""
    lay(tmp_path, "1_a.sql", **{"2_b": "-- see +goose Up\nselect 1;\n"})
    assert names(tmp_path) == ["1_a.sql", "2_b.sql"]
    assert find_ladder(tmp_path).style == "numbered"
