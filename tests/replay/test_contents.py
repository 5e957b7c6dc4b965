"""How the rows of two states differ."""

from __future__ import annotations

from harness.replay.contents import Contents, Row, Shape, differ, rewritten


def table(*rows: Row, columns: str = "id name", key: str = "id", file: str = "p1", writers: str = "") -> Contents:
    """Make contents; `writers` has one letter for each row's transaction."""
    names = tuple(columns.split())
    shape = Shape(1, "public.t", file, names, tuple(range(1, len(names) + 1)), tuple(key.split()))
    return Contents(shape, rows, tuple(writers or "x" * len(rows)))


def test_rows_with_a_key() -> None:
    """Added and removed by key, changed by column."""
    found = differ(table(("1", "a"), ("2", "b"), ("3", "c")), table(("2", "b"), ("3", "d"), ("4", "e")))
    assert (found.added, found.removed, found.changed_rows) == (1, 1, 1)
    assert found.changed == {"name": frozenset([("3",)])}


def test_rows_without_a_key() -> None:
    """A multiset: a second row of the same content is one more, and as many that come as go are changes."""
    before = table(("1", "a"), ("1", "a"), key="")
    assert differ(before, table(("1", "a"), ("1", "a"), ("1", "a"), key="")).added == 1
    assert differ(before, table(("1", "a"), ("1", "b"), key="")).changed_rows == 1
    assert not differ(before, table(("1", "a"), ("1", "a"), key=""))


def test_columns_that_only_one_side_has() -> None:
    """They are the schema's affair; the others are compared, in whatever order."""
    before = table(("1", "a", "x"), columns="id name age")
    assert not differ(before, table(("a", "1", "y"), columns="name id mail"))
    assert differ(before, table(("b", "1", "y"), columns="name id mail")).changed_rows == 1


def test_columns_left_out() -> None:
    """What was remade is told by itself."""
    assert not differ(table(("1", "a")), table(("1", "b")), but=["name"])


def test_a_key_that_is_another_one() -> None:
    """Rows are a multiset then."""
    found = differ(table(("1", "a")), table(("1", "b"), key="name"))
    assert (found.unkeyed, found.changed) == (1, {})


def test_rows_written_without_a_change() -> None:
    """Another transaction has written the row, or another file holds all of them."""
    before = table(("1", "a"), ("2", "b"), writers="xx")
    assert rewritten(before, table(("1", "a"), ("2", "b"), writers="xx")) == 0
    assert rewritten(before, table(("1", "a"), ("2", "b"), writers="xy")) == 1
    assert rewritten(before, table(("1", "a"), ("2", "b"), file="p2")) == 2
