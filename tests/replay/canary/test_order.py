"""The order in which tables are filled."""

from __future__ import annotations

from harness.replay.canary.model import Column, ForeignKey, Table, Type
from harness.replay.canary.order import circle, parents_first


def table(oid: int, *parents: int, null: bool = False) -> Table:
    """Return a table with a foreign key to each parent, its columns nullable or not."""
    columns = tuple(
        Column(f"to_{parent}", Type("integer", "b", "N"), not null, "", False, False) for parent in parents
    )
    keys = tuple(ForeignKey(f"fk_{parent}", (f"to_{parent}",), parent, ("id",)) for parent in parents)
    return Table(oid, "public", f"t{oid}", "r", columns, foreign_keys=keys)


def test_parents_come_first() -> None:
    """A table comes after all of its parents, and after itself never matters."""
    tables = [table(1, 2, 3), table(2, 3), table(3, 3), table(4, 1, null=True)]

    assert [t.oid for t in parents_first(tables)] == [3, 2, 1, 4]


def test_nullable_keys_break_circles() -> None:
    """In a circle the table that can do without its parent goes first."""
    assert [t.oid for t in parents_first([table(1, 2), table(2, 1, null=True)])] == [2, 1]


def test_every_table_comes_out() -> None:
    """A circle that nothing breaks loses no table."""
    assert sorted(t.oid for t in parents_first([table(1, 2), table(2, 1), table(3, 1)])) == [1, 2, 3]


def test_circle_is_what_needs_each_other() -> None:
    """Tables that merely need a circle, or are needed by one, are not in it."""
    needed = {1: {2}, 2: {3, 9}, 3: {1}, 4: {1}, 9: set[int]()}

    assert circle(2, needed) == [1, 2, 3]
    assert circle(4, needed) == []
