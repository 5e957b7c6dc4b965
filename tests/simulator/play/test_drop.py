"""DROP at the second boot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refusals = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("DROP TABLE x", "42P01"),
        ("DROP VIEW x", "42P01"),
        ("DROP SEQUENCE x", "42P01"),
        ("DROP INDEX x", "42704"),
        ("DROP TYPE x", "42704"),
        ("DROP FUNCTION x()", "42883"),
        ("DROP FUNCTION x", "42883"),
        ("DROP SCHEMA x", "3F000"),
        ("DROP TRIGGER x ON t", "42704"),
        ("DROP POLICY x ON t", "42704"),
        ("DROP EXTENSION x", "42704"),
        ("DROP ROLE x", "42704"),
    ],
)
def test_what_was_dropped_is_missed(refusals: Refusals, sql: str, sqlstate: str) -> None:
    """It was there before the first boot; with IF EXISTS nothing is wrong."""
    table = "CREATE TABLE IF NOT EXISTS t (id int);"
    guarded = sql.replace(" x", " IF EXISTS x", 1)
    assert refusals(table + sql + ";" + guarded) == ["", sqlstate, ""]


def test_a_list_fails_as_a_whole(refusals: Refusals) -> None:
    """One missing table keeps the others from being dropped."""
    ladder = "CREATE TABLE IF NOT EXISTS a (); DROP TABLE a, b; CREATE TABLE IF NOT EXISTS a (x int);"
    assert refusals(ladder) == ["", "42P01", ""]


def test_the_kind_is_checked_even_with_if_exists(refusals: Refusals) -> None:
    """A view that has become a table is not dropped by DROP VIEW IF EXISTS."""
    ladder = "DROP VIEW IF EXISTS v; CREATE TABLE IF NOT EXISTS v (x int);"
    assert refusals(ladder) == ["42809", ""]


def test_later_dependents_stand_in_the_way(refusals: Refusals) -> None:
    """DROP TABLE IF EXISTS passes once, and not again when something has come to need the table."""
    ladder = (
        "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY);",
        "CREATE TABLE IF NOT EXISTS r (t int REFERENCES t);",
    )
    assert refusals(*ladder) == ["2BP01", "42P07", ""]
    assert refusals(ladder[0].replace("t;", "t CASCADE;", 1), ladder[1]) == ["", "", ""]


def test_an_overload_makes_a_name_ambiguous(refusals: Refusals) -> None:
    """DROP FUNCTION without arguments passes while there is one of the name."""
    function = "CREATE OR REPLACE FUNCTION f({}) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    ladder = function.format("int") + "DROP FUNCTION f;" + function.format("int") + function.format("text")
    assert refusals(ladder) == ["", "42725", "", ""]
