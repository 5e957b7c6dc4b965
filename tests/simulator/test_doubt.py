"""What is in doubt after a statement that is not understood, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.simulator import play

Refusals = Callable[..., list[str]]

UNSURE = "DO $$ BEGIN IF random() < 0.5 THEN {} END IF; END $$;"


def test_what_nothing_may_have_dropped_is_there(refusals: Refusals) -> None:
    """A table exists for sure if what was not understood can only make things."""
    unsure, table, column = refusals(
        UNSURE.format("CREATE INDEX ON t (id);") + "CREATE TABLE t (id int); ALTER TABLE t ADD COLUMN n int;"
    )
    assert unsure.startswith("?")
    assert (table, column) == ("42P07", "42701")


def test_what_something_may_have_dropped_is_in_doubt(refusals: Refusals) -> None:
    """A table may be gone, and a function that was called counts with its body."""
    drops = "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN DROP TABLE t; END $f$;"
    found = refusals("CREATE TABLE t (id int);" + drops + UNSURE.format("PERFORM f();"), "CREATE TABLE u (id int);")
    assert found[0].startswith("? it may fail")
    assert found[-1] == "42P07"


def test_what_nothing_may_have_made_is_missing(refusals: Refusals) -> None:
    """A column that was dropped stays so if what was not understood writes rows alone."""
    found = refusals("CREATE TABLE IF NOT EXISTS t (id int, n int);", UNSURE.format("DELETE FROM t;"))
    assert found[0] == ""
    assert (
        refusals(
            "CREATE TABLE IF NOT EXISTS t (id int, n int);",
            UNSURE.format("DELETE FROM t;"),
            "ALTER TABLE t DROP COLUMN n;",
        )[-1]
        == "42703"
    )


def test_rows_that_something_may_have_deleted(refusals: Refusals) -> None:
    """A key is taken only if its row is there for sure."""
    table = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY);"
    insert = "INSERT INTO t VALUES (1);"
    assert refusals(table, insert, UNSURE.format("CREATE INDEX ON t (id);"))[1] == "23505"
    assert refusals(table, insert, UNSURE.format("DELETE FROM t;"))[1] == ""


def test_a_function_that_changes_nothing(refusals: Refusals) -> None:
    """Its value is not known, and that is all."""
    assert refusals(
        "CREATE TABLE IF NOT EXISTS t (id int, n int);"
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int := 0;"
        " BEGIN WHILE random() < 0.5 LOOP n := n + 1; END LOOP; RETURN n; END $$;"
        "UPDATE t SET n = f();"
    ) == ["", "", ""]


def test_a_bug_of_ours_counts_as_not_understood(refusals: Refusals, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the statement would have made is in doubt, not missing."""

    def stumble(*_: object) -> None:
        raise ValueError("oops")

    monkeypatch.setitem(play._HANDLERS, "CreateFunctionStmt", stumble)
    found = refusals(
        "CREATE TABLE IF NOT EXISTS t (id int);"
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "DROP TRIGGER IF EXISTS r ON t; CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION f();"
    )
    assert "bug" in found[1]
    assert found[3] != "42883"
