"""Publications, statistics and the like, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


TABLE = "CREATE TABLE t (a int, b int)"


def test_names_are_taken(refusals: Refusals) -> None:
    """What has no IF NOT EXISTS is there already."""
    assert refusals(
        "CREATE PUBLICATION p FOR TABLE t; CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p;"
        "CREATE STATISTICS x ON a, b FROM t; CREATE LANGUAGE lolcode; CREATE DATABASE d;"
        "CREATE ACCESS METHOD m TYPE INDEX HANDLER bthandler",
        setup=TABLE,
    ) == ["42710", "42710", "42710", "42710", "42P04", "42710"]


def test_a_table_is_added_to_a_publication_once(refusals: Refusals) -> None:
    """ADD meets the table, DROP misses it."""
    made = f"{TABLE}; CREATE TABLE u (a int); CREATE PUBLICATION p FOR TABLE u"
    assert refusals("ALTER PUBLICATION p ADD TABLE t; ALTER PUBLICATION p DROP TABLE u", setup=made) == [
        "42710",
        "42704",
    ]


def test_a_table_leaves_its_publication_when_it_is_dropped(refusals: Refusals) -> None:
    """Neither needs CASCADE for the other."""
    made = f"{TABLE}; CREATE PUBLICATION p"
    text = "ALTER PUBLICATION p ADD TABLE t"
    assert refusals(text, "DROP TABLE t; CREATE TABLE t (a int)", setup=made) == ["", "", ""]


def test_statistics_go_with_a_column(refusals: Refusals) -> None:
    """Their name is looked at before their columns."""
    later = "ALTER TABLE t DROP COLUMN b"
    assert refusals("CREATE STATISTICS IF NOT EXISTS x ON a, b FROM t", later, setup=TABLE) == ["42703", "42703"]


def test_what_is_dropped_is_missed(refusals: Refusals) -> None:
    """ALTER and DROP say what is not there."""
    made = f"{TABLE}; CREATE PUBLICATION p; CREATE STATISTICS x ON a, b FROM t"
    text = "ALTER PUBLICATION p SET (publish = 'insert'); ALTER STATISTICS x SET STATISTICS 10"
    assert refusals(text, "DROP PUBLICATION p; DROP STATISTICS x", setup=made) == ["42704"] * 4
