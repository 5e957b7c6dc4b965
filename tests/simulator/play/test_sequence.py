"""Sequences, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_sequence_is_there_already(refusals: Refusals) -> None:
    """A table of its name counts as well; IF NOT EXISTS does not mind."""
    assert refusals("CREATE SEQUENCE a; CREATE SEQUENCE IF NOT EXISTS b; CREATE TABLE c (x int)") == [
        "42P07",
        "",
        "42P07",
    ]


def test_a_sequence_goes_with_the_column_that_owns_it(refusals: Refusals) -> None:
    """OWNED BY a column that is dropped later is refused, and the sequence is gone with it."""
    made = "CREATE SEQUENCE q; ALTER SEQUENCE q OWNED BY t.a"
    later = "ALTER TABLE t DROP COLUMN a"
    assert refusals(made, later, setup="CREATE TABLE t (a int, b int)") == ["", "42703", "42703"]
    freed = "CREATE SEQUENCE q OWNED BY t.a; ALTER SEQUENCE q OWNED BY NONE"
    assert refusals(freed, later, setup="CREATE TABLE t (a int, b int)") == ["42P07", "", "42703"]


def test_altering_a_sequence_needs_it(refusals: Refusals) -> None:
    """IF EXISTS does not; another kind of relation is refused."""
    assert refusals(
        "ALTER SEQUENCE q RESTART WITH 5; ALTER SEQUENCE IF EXISTS p RESTART",
        "DROP SEQUENCE q; CREATE TABLE q (a int)",
        setup="CREATE SEQUENCE q",
    ) == ["42809", "", "42809", "42P07"]


def test_limits_follow_type_and_direction(refusals: Refusals) -> None:
    """A start outside of them would be refused at the first boot already."""
    assert refusals(
        "CREATE SEQUENCE IF NOT EXISTS a AS smallint START 32767 INCREMENT -1 MINVALUE 1 MAXVALUE 32767"
    ) == [""]
    assert "cannot be greater than MAXVALUE (-1)" in refusals("CREATE SEQUENCE a INCREMENT -1 START 1")[0]
    assert "cannot be greater than MAXVALUE (32767)" in refusals("CREATE SEQUENCE a AS smallint START 40000")[0]
