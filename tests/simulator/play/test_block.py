"""DO and CALL as statements."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_block_in_another_language_is_not_followed(refusals: Refusals) -> None:
    """What cannot be read is said to be unknown, with the language."""
    assert refusals("DO $$ pass $$ LANGUAGE plpython3u;") == [
        "? it is written in plpython3u, which is not followed"
    ]


def test_a_block_is_refused_as_a_whole(refusals: Refusals) -> None:
    """Nothing stays of a block that fails half-way."""
    block = "DO $$ BEGIN CREATE TABLE IF NOT EXISTS half (i int); CREATE TABLE twice (i int); END $$;"
    states = refusals(block, "DROP TABLE IF EXISTS half;", "DROP TABLE half_is_not_there;")
    assert states[:2] == ["42P07", ""]


def test_a_procedure_is_called(refusals: Refusals) -> None:
    """CALL runs the body, each boot anew."""
    make = "CREATE OR REPLACE PROCEDURE make(n int) LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE made (i int); END $$;"
    assert refusals(make, "CALL make(1);") == ["", "42P07"]


def test_a_procedure_that_is_gone_cannot_be_called(refusals: Refusals) -> None:
    """A procedure that a later file drops, and none makes, is missing at the second boot."""
    make = """DO $$ BEGIN IF to_regclass('marker') IS NULL THEN
        CREATE PROCEDURE once() LANGUAGE plpgsql AS 'BEGIN NULL; END'; END IF; END $$;"""
    takes = "DROP PROCEDURE IF EXISTS once; CREATE TABLE IF NOT EXISTS marker (i int);"
    assert refusals(make, "CALL once();", takes) == ["", "42883", "", ""]


def test_a_function_is_not_called_as_a_procedure(refusals: Refusals) -> None:
    """CALL of a function is refused, in every boot."""
    make = "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    assert refusals(make, "CALL f();")[1].startswith("?")
