"""Files that no known tool runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import LadderError
from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, names, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_numbered_files_go_by_number(tmp_path: Path) -> None:
    """By number, then by name; where the order by name is another, the ladder says so."""
    lay(tmp_path, "2_b.sql", "1_a.sql", "10_c.sql", "10_a.sql", "2_b.down.sql")
    assert styled(tmp_path) == ("numbered", ["1_a.sql", "2_b.sql", "10_a.sql", "10_c.sql"])
    assert find_ladder(tmp_path).notes == (
        "2_b.sql goes before 10_a.sql, by number; --style plain takes files by name",
    )
    assert names(tmp_path, "plain") == ["10_a.sql", "10_c.sql", "1_a.sql", "2_b.sql"]


def test_padded_numbers_need_no_note(tmp_path: Path) -> None:
    """Where both orders agree nothing is said."""
    assert find_ladder(lay(tmp_path, "02_b.sql", "01_a.sql", "10_c.sql")).notes == ()


def test_names_without_a_number_go_by_name(tmp_path: Path) -> None:
    """One file without a number makes the folder plain: all files, by name."""
    assert styled(lay(tmp_path, "schema.sql", "02_b.sql", "10_a.sql")) == (
        "plain",
        ["02_b.sql", "10_a.sql", "schema.sql"],
    )


def test_ways_back_are_left_out(tmp_path: Path) -> None:
    """.down.sql always, _down.sql and .rollback.sql beside their way forward; scale_down is a migration."""
    lay(tmp_path, "1_a.sql", "1_a_down.sql", "2_b.sql", "2_b.rollback.sql", "3_scale_down.sql", "4_c.down.sql")
    assert names(tmp_path) == ["1_a.sql", "2_b.sql", "3_scale_down.sql"]


def test_ways_forward_may_be_marked(tmp_path: Path) -> None:
    """Where some files end in _up.sql or .up.sql those are the ladder."""
    assert names(lay(tmp_path, "a_up.sql", "a_down.sql", "b_up.sql", "seed.sql")) == ["a_up.sql", "b_up.sql"]
    assert names(lay(tmp_path / "one", "up.sql", "down.sql")) == ["up.sql"]


def test_a_tree_goes_by_path(tmp_path: Path) -> None:
    """Numbered files in folders below: each number in the path counts as one."""
    lay(
        tmp_path,
        "oss/10/01_c.up.sql",
        "oss/9/02_b.up.sql",
        "oss/9/01_a.up.sql",
        "base/1_z.up.sql",
        "oss/9/01_a.down.sql",
    )
    order = ["base/1_z.up.sql", "oss/9/01_a.up.sql", "oss/9/02_b.up.sql", "oss/10/01_c.up.sql"]
    assert styled(tmp_path) == ("tree", order)


def test_the_ladders_of_two_services_are_no_tree(tmp_path: Path) -> None:
    """Folders without numbers are ladders of their own: the error asks which one is meant."""
    lay(tmp_path, "a/migrations/1_a.up.sql", "b/migrations/1_b.up.sql")
    with pytest.raises(LadderError, match=r"did you mean .*a/migrations, .*b/migrations"):
        find_ladder(tmp_path)
