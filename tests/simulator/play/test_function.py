"""Functions and procedures, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_a_function_is_there_already(refusals: Refusals) -> None:
    """CREATE FUNCTION meets the function with its argument types; an overload is another one."""
    assert refusals(
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE p() LANGUAGE sql AS ''",
    ) == ["42723", "", "42723"]


def test_replacing_changes_no_result(refusals: Refusals) -> None:
    """OR REPLACE refuses another return type, and other columns."""
    for before, after in (("int", "text"), ("int", "SETOF int"), ("TABLE (a int)", "TABLE (a int, b int)")):
        first = f"CREATE OR REPLACE FUNCTION f() RETURNS {before} LANGUAGE plpgsql AS 'BEGIN END'"
        second = f"DROP FUNCTION f(); CREATE FUNCTION f() RETURNS {after} LANGUAGE plpgsql AS 'BEGIN END'"
        assert refusals(first, second) == ["42P13", "", ""]


def test_replacing_changes_no_argument_s_name(refusals: Refusals) -> None:
    """A name can be given to an argument that has none, and not be changed."""
    body = "RETURNS int LANGUAGE plpgsql AS 'BEGIN END'"
    named = f"CREATE OR REPLACE FUNCTION f(a int) {body}"
    assert refusals(f"CREATE OR REPLACE FUNCTION f(int) {body}", named) == ["42P13", ""]
    assert refusals(named, f"DROP FUNCTION f(int); CREATE FUNCTION f(b int) {body}")[0] == "42P13"


def test_replacing_takes_no_default_away(refusals: Refusals) -> None:
    """A function that was given a default later cannot be replaced by its older form."""
    body = "RETURNS int LANGUAGE plpgsql AS 'BEGIN END'"
    assert refusals(
        f"CREATE OR REPLACE FUNCTION f(a int) {body}", f"CREATE OR REPLACE FUNCTION f(a int DEFAULT 1) {body}"
    ) == ["42P13", ""]


def test_a_procedure_is_no_function(refusals: Refusals) -> None:
    """OR REPLACE does not change a routine's kind."""
    second = "DROP PROCEDURE f(int); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    assert refusals("CREATE OR REPLACE PROCEDURE f(int) LANGUAGE sql AS ''", second)[0] == "42809"


def test_a_type_of_an_argument_that_is_gone_is_missed(refusals: Refusals) -> None:
    """Arguments' types are looked up first."""
    assert refusals(
        "CREATE TYPE e AS ENUM ('x')",
        "CREATE OR REPLACE FUNCTION f(e) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION f(e); DROP TYPE e",
    ) == ["", "", "", ""]
    assert refusals(
        "CREATE OR REPLACE FUNCTION f(e) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION f(e); DROP TYPE e",
        setup="CREATE TYPE e AS ENUM ('x')",
    ) == ["42704", "42704", "42704"]


def test_a_default_keeps_the_function_that_it_calls(refusals: Refusals) -> None:
    """DROP FUNCTION of what a default calls needs CASCADE."""
    made = "CREATE OR REPLACE FUNCTION {} RETURNS int LANGUAGE sql AS 'SELECT 1'"
    assert refusals(
        made.format("g()") + "; DROP FUNCTION g()", made.format("g()"), made.format("f(a int DEFAULT g())")
    ) == [
        "",
        "2BP01",
        "",
        "",
    ]


def test_altering_a_function_needs_it(refusals: Refusals) -> None:
    """ALTER FUNCTION misses a function that has another name later."""
    assert refusals(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() STABLE", "DROP FUNCTION f()"
    ) == ["", "", ""]
    assert refusals(
        "CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION f() STABLE; DROP FUNCTION f()",
        setup="CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ) == ["", "42883", "42883"]
