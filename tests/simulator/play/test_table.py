"""CREATE TABLE at the second boot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.simulator.model import Verdict, VerdictKind

Refusals = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE t (id int)", "42P07"),
        ("CREATE TABLE IF NOT EXISTS t (id int)", ""),
        ("CREATE TEMP TABLE t (id int)", ""),
        ("CREATE TABLE t AS SELECT 1 AS x", "42P07"),
        ("CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS x", ""),
        ("SELECT 1 AS x INTO t", "42P07"),
    ],
)
def test_a_table_is_there_already(refusals: Refusals, sql: str, expected: str) -> None:
    """What was made in the first boot is met in the second, but for a temporary table."""
    assert refusals(sql) == [expected]


def test_types_are_looked_up_before_the_name(refusals: Refusals) -> None:
    """A table whose column's type is gone fails by the type, one whose referenced table is gone by its own name."""
    ladder = (
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE o (id int PRIMARY KEY);",
        "CREATE TABLE t (x e); CREATE TABLE r (o int REFERENCES o);",
        "ALTER TABLE t ALTER x TYPE text; DROP TYPE e; DROP TABLE o CASCADE; DROP TABLE IF EXISTS none;",
    )
    assert refusals(*ladder)[2:4] == ["42P07", "42P07"]
    assert refusals(ladder[1].replace("CREATE TABLE t (x e)", "CREATE TABLE IF NOT EXISTS t (x e)"))[0] == ""


def test_columns_of_a_dropped_type_are_missed_first(refusals: Refusals) -> None:
    """The type is gone when the second boot comes by."""
    made = "DO $$ BEGIN IF to_regclass('t') IS NULL THEN CREATE TYPE e AS ENUM ('a'); END IF; END $$;"
    ladder = made + "CREATE TABLE t (x e); ALTER TABLE t ALTER x TYPE text; DROP TYPE e;"
    assert refusals(ladder) == ["", "42704", "", "42704"]


def test_a_table_that_was_renamed_is_made_again(refusals: Refusals) -> None:
    """CREATE passes, with other names for its indexes, and RENAME fails."""
    ladder = "CREATE TABLE a (id int PRIMARY KEY); ALTER TABLE a RENAME TO b; DROP INDEX IF EXISTS a_pkey1;"
    assert refusals(ladder) == ["", "42P07", "2BP01"]


def test_an_index_keeps_the_name_of_a_renamed_table(twice: Callable[..., list[Verdict]]) -> None:
    """The primary key's index was not renamed, so that the table cannot be made again with its name."""
    ladder = "CREATE TABLE a (id int CONSTRAINT a_pk PRIMARY KEY); ALTER TABLE a RENAME TO b;"
    first = twice(ladder)[0]
    assert (first.kind, first.sqlstate, first.message) == (
        VerdictKind.FAILS,
        "42P07",
        'relation "a_pk" already exists',
    )


def test_the_sequence_of_a_serial_column_is_its_own(refusals: Refusals) -> None:
    """It goes with the table; an unnamed one never collides."""
    ladder = "CREATE TABLE IF NOT EXISTS t (id serial); DROP TABLE t; DROP SEQUENCE IF EXISTS t_id_seq;"
    assert refusals(ladder) == ["", "", ""]


def test_a_partition_that_was_renamed_stands_in_the_way(refusals: Refusals) -> None:
    """Its values are taken, if its name is not."""
    ladder = """
        CREATE TABLE IF NOT EXISTS p (k int) PARTITION BY RANGE (k);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);
        ALTER TABLE p1 RENAME TO p_one;
    """
    assert refusals(ladder) == ["", "42P17", "42P01"]


def test_what_the_ladder_does_not_make_is_taken_for_given(twice: Callable[..., list[Verdict]]) -> None:
    """A table that another service makes is no failure, nor is a column or a key of it."""
    ladder = "CREATE TABLE IF NOT EXISTS t (o int REFERENCES other (uid)); ALTER TABLE other ALTER x SET NOT NULL;"
    assert [verdict.kind for verdict in twice(ladder)] == [VerdictKind.PASSES, VerdictKind.PASSES]
