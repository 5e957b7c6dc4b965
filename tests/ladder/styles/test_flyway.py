"""Flyway's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.ladder.discover import find_ladder
from tests.ladder.laying import lay, names, only, styled

if TYPE_CHECKING:
    from pathlib import Path


def test_versions_are_compared_part_by_part(tmp_path: Path) -> None:
    """1.10 comes after 1.9, 2 after both, and repeatable ones last, by description; U is left out."""
    lay(tmp_path, "V2__d.sql", "V1_10__c.sql", "V1.9__b.sql", "V1__a.sql", "R__z.sql", "R__a_b.sql", "U1__a.sql")
    order = ["V1__a.sql", "V1.9__b.sql", "V1_10__c.sql", "V2__d.sql", "R__a_b.sql", "R__z.sql"]
    assert styled(tmp_path) == ("flyway", order)
    assert find_ladder(tmp_path).notes == ("not part of the ladder in the style flyway: U1__a.sql",)


def test_folders_below_are_read(tmp_path: Path) -> None:
    """A location is scanned with all its folders; the version decides, wherever the file stands."""
    lay(tmp_path, "V1__a.sql", "data/V2__b.sql", "schema/V3__c.SQL", "V10__d.sql", "data/afterMigrate.sql")
    assert names(tmp_path) == ["V1__a.sql", "data/V2__b.sql", "schema/V3__c.SQL", "V10__d.sql"]


def test_the_newest_baseline_stands_for_all_before_it(tmp_path: Path) -> None:
    """On an empty database Flyway runs the newest B and what is newer than it."""
    lay(tmp_path, "V1__a.sql", "V2__b.sql", "B2__base.sql", "B1__old.sql", "V3__c.sql", "R__r.sql")
    assert names(tmp_path) == ["B2__base.sql", "V3__c.sql", "R__r.sql"]


def test_versions_that_are_equal_are_noted(tmp_path: Path) -> None:
    """1.0 and 1 are one version, which Flyway refuses; the ladder is read all the same."""
    lay(tmp_path, "V1__a.sql", "V1.0__b.sql")
    assert find_ladder(tmp_path).notes == (
        "V1.0__b.sql and V1__a.sql have one version: flyway refuses that; they are taken by name",
    )


def test_the_script_configuration_is_read(tmp_path: Path) -> None:
    """A file V1__a.sql.conf may turn the transaction off."""
    lay(tmp_path, "V1__a.sql", "V2__b.sql")
    (tmp_path / "V2__b.sql.conf").write_text("executeInTransaction=false\n")
    assert [migration.transactional for migration in find_ladder(tmp_path).migrations] == [True, False]


def test_placeholders_are_noted(tmp_path: Path) -> None:
    """A placeholder is not replaced, and the ladder says where."""
    lay(tmp_path, V1__a="select 1;\nselect '${owner}';\n")
    assert find_ladder(tmp_path).notes == ("V1__a.sql: line 2: ${owner} is not replaced",)
    assert "${owner}" in only(tmp_path).text
