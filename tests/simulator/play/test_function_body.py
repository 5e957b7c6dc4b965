"""What is checked of a function's body when it is made."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


TABLES = "CREATE TABLE t (a int, b text); CREATE TABLE u (a int)"
LATER = "ALTER TABLE t DROP COLUMN b; DROP TABLE u"


def told(refusals: Refusals, function: str) -> str:
    """Return what the second boot makes of a function that reads what a later file drops."""
    return refusals(f"CREATE OR REPLACE FUNCTION {function}", LATER, setup=TABLES)[0]


def test_a_body_in_sql_is_analyzed(refusals: Refusals) -> None:
    """Columns and tables that are gone are missed at once."""
    assert told(refusals, "f() RETURNS text LANGUAGE sql AS 'SELECT b FROM t'") == "42703"
    assert told(refusals, "f() RETURNS int LANGUAGE sql AS 'SELECT a FROM u'") == "42P01"
    assert told(refusals, "f(x text) RETURNS void LANGUAGE sql AS 'UPDATE t SET b = x'") == "42703"
    assert told(refusals, "f(a int) RETURNS int LANGUAGE sql AS 'SELECT $1 + f.a FROM t'") == ""


def test_a_body_in_plpgsql_is_not(refusals: Refusals) -> None:
    """What PL/pgSQL's statements name is looked up when they run."""
    assert told(refusals, "f() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT b FROM u); END'") == ""


def test_what_plpgsql_declares_is_looked_up(refusals: Refusals) -> None:
    """The types of variables are, in inner blocks too."""
    declared = "f() RETURNS int LANGUAGE plpgsql AS 'BEGIN DECLARE x {}; BEGIN END; END'"
    assert told(refusals, declared.format("t.b%TYPE")) == "42703"
    assert told(refusals, declared.format("u%ROWTYPE")) == "42P01"
    assert told(refusals, declared.format("u")) == "42704"
    assert told(refusals, declared.format("t.a%TYPE; y x%TYPE")) == ""


def test_bodies_can_go_unchecked(refusals: Refusals) -> None:
    """check_function_bodies switches it off."""
    made = "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM u'"
    assert refusals(f"SET check_function_bodies = off; {made}", LATER, setup=TABLES)[:2] == ["", ""]


def test_the_last_statement_gives_the_result(refusals: Refusals) -> None:
    """A star that gives other columns than before is a mismatch."""
    text = "f() RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT * FROM t'"
    assert told(refusals, text) == "42P13"


def test_an_atomic_body_keeps_what_it_uses(refusals: Refusals) -> None:
    """BEGIN ATOMIC makes dependencies: the table cannot be dropped."""
    assert refusals(
        "CREATE TABLE IF NOT EXISTS v (a int); CREATE TABLE IF NOT EXISTS w (a int); DROP TABLE w",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a FROM v; END; "
        "DROP TABLE IF EXISTS v CASCADE",
        "CREATE TABLE v (a int)",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a FROM v; END",
    ) == ["", "", "", "", "", "", ""]
    assert refusals(
        "DROP TABLE IF EXISTS v; CREATE TABLE IF NOT EXISTS v (a int)",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a FROM v; END",
    ) == ["2BP01", "", ""]
