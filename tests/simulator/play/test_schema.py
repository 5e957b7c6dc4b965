"""Schemas, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_schema_is_there_already(refusals: Refusals) -> None:
    """IF NOT EXISTS does not mind."""
    assert refusals("CREATE SCHEMA a; CREATE SCHEMA IF NOT EXISTS b; CREATE SCHEMA AUTHORIZATION postgres") == [
        "42P06",
        "",
        "42P06",
    ]


def test_elements_are_made_in_their_order(refusals: Refusals) -> None:
    """A table comes before the view over it, and both into the new schema."""
    made = "CREATE SCHEMA a CREATE VIEW v AS SELECT x FROM t CREATE TABLE t (x int)"
    assert refusals(made, "CREATE OR REPLACE VIEW a.v AS SELECT x FROM a.t; CREATE TABLE t (x int)") == [
        "42P06",
        "",
        "42P07",
    ]


def test_a_schema_that_is_gone_is_made_again(refusals: Refusals) -> None:
    """DROP SCHEMA ... CASCADE takes all that is in it."""
    assert refusals("CREATE SCHEMA a; CREATE TABLE a.t (x int)", "DROP SCHEMA a CASCADE") == ["", "", ""]


def test_an_element_of_another_schema_is_refused(refusals: Refusals) -> None:
    """It is at the first boot already."""
    assert "different from the one being created" in refusals("CREATE SCHEMA a CREATE TABLE b.t (x int)")[0]
