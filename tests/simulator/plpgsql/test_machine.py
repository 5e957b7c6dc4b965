"""What a PL/pgSQL body does: the second boot of small ladders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refusals = Callable[..., list[str]]

MARK = "CREATE TABLE IF NOT EXISTS later (a int);"
"""A table that the first boot's blocks do not meet, and those of the second do."""
AGAIN = "to_regclass('later') IS NOT NULL"
"""Whether this is the second boot."""


def of_block(refusals: Refusals, block: str, before: str = "") -> str:
    """Return the SQLSTATE with which the second boot refuses a DO block, empty where it passes."""
    return refusals(before, f"DO $$ {block} $$;", MARK)[-2]


@pytest.mark.parametrize(
    ("body", "sqlstate"),
    [
        ("RAISE EXCEPTION 'no'", "P0001"),
        ("RAISE EXCEPTION 'no' USING ERRCODE = 'unique_violation'", "23505"),
        ("RAISE division_by_zero", "22012"),
        ("RAISE SQLSTATE '23603'", "23603"),
        ("RAISE NOTICE 'no'", ""),
        ("ASSERT false, 'no'", "P0004"),
        ("EXECUTE NULL", "22004"),
        ("EXECUTE 'not sql'", "42601"),
        ("PERFORM 1 / 0", "22012"),
        ("CREATE TABLE later (a int)", "42P07"),
        ("CASE 1 WHEN 2 THEN NULL; END CASE", "20000"),
        ("RAISE", "0Z002"),
    ],
)
def test_a_refusal_within_is_the_blocks(refusals: Refusals, body: str, sqlstate: str) -> None:
    """What Postgres refuses within a block is what the block fails with."""
    assert of_block(refusals, f"BEGIN IF {AGAIN} THEN {body}; END IF; END") == sqlstate


@pytest.mark.parametrize(
    ("condition", "sqlstate"),
    [
        ("duplicate_table", ""),
        ("SQLSTATE '42P07'", ""),
        ("syntax_error_or_access_rule_violation", ""),
        ("others", ""),
        ("duplicate_object", "42P07"),
        ("duplicate_object OR duplicate_table", ""),
    ],
)
def test_a_handler_catches_its_conditions_alone(refusals: Refusals, condition: str, sqlstate: str) -> None:
    """A name, a code, a class's name and OTHERS catch what they stand for."""
    block = f"BEGIN IF {AGAIN} THEN CREATE TABLE later (a int); END IF; EXCEPTION WHEN {condition} THEN NULL; END"
    assert of_block(refusals, block) == sqlstate


def test_what_a_caught_error_interrupts_is_undone(refusals: Refusals) -> None:
    """Of a body whose error is caught nothing stays, but what the handler does."""
    block = """BEGIN
        CREATE TABLE half (a int);
        CREATE TABLE later (a int);
    EXCEPTION WHEN duplicate_table THEN CREATE TABLE handled (a int); END"""
    states = refusals(MARK, f"DO $$ {block} $$;", "CREATE TABLE half (a int);", "CREATE TABLE handled (a int);")
    assert states[-2] == "42P07"
    assert states[-1].startswith("? it would fail on an empty database already")


def test_an_unknown_condition_matters_only_where_something_changes(refusals: Refusals) -> None:
    """What cannot be told is said where it decides about the database, not where it decides about a notice."""
    unknown = "random() < 0.5"
    assert of_block(refusals, f"BEGIN IF {unknown} THEN RAISE NOTICE 'small'; END IF; END") == ""
    told = of_block(refusals, f"BEGIN IF {unknown} THEN CREATE TABLE t (a int); END IF; END")
    assert told == "? it depends on random() < 0.5"


def test_a_loop_that_never_ends_is_given_up(refusals: Refusals) -> None:
    """A loop turns so often and no more."""
    assert of_block(refusals, "BEGIN LOOP NULL; END LOOP; END") == "? a loop turns too often to be followed"


def test_labels_tell_what_is_left(refusals: Refusals) -> None:
    """EXIT and CONTINUE with a label mean the loop, or the block, of that label."""
    block = f"""DECLARE n int := 0; BEGIN
        <<outside>> FOR i IN 1..3 LOOP
            FOR j IN 1..3 LOOP
                CONTINUE outside WHEN i = 2;
                EXIT outside WHEN i = 3;
                n := n + 1;
            END LOOP;
        END LOOP;
        <<named>> BEGIN EXIT named; n := 100; END;
        IF n <> 3 AND {AGAIN} THEN RAISE EXCEPTION 'n is %', n; END IF;
    END"""
    assert of_block(refusals, block) == ""


def test_inner_variables_hide_outer_ones(refusals: Refusals) -> None:
    """A name means the innermost variable; a block's label reaches the outer one."""
    block = """<<o>> DECLARE x int := 1; BEGIN
        DECLARE x int := 2; BEGIN
            x := x + o.x;
            ASSERT x = 3 AND o.x = 1;
            o.x := 5;
        END;
        ASSERT x = 5;
    END"""
    assert of_block(refusals, block) == ""


def test_a_variable_takes_its_type_from_a_column(refusals: Refusals) -> None:
    """%TYPE and %ROWTYPE are those of the table, and refuse what it would refuse."""
    table = "CREATE TABLE IF NOT EXISTS t (id int, code varchar(2));"
    assert (
        of_block(refusals, f"DECLARE c t.code%TYPE; BEGIN IF {AGAIN} THEN c := 'abc'; END IF; END", table)
        == "22001"
    )
    assert of_block(refusals, "DECLARE r t%ROWTYPE; BEGIN r.id := 1; ASSERT r.code IS NULL; END", table) == ""
