"""Functions by name and argument types."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]
MADE = (
    "CREATE FUNCTION f(int) RETURNS int RETURN 1; CREATE FUNCTION f(text) RETURNS int RETURN 1;"
    "CREATE FUNCTION g() RETURNS int RETURN 1; CREATE PROCEDURE p(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN END'"
)


def test_a_name_alone_has_to_be_of_one_function(refusals: Refusals) -> None:
    """An overload that comes later makes it ambiguous (42725)."""
    later = "CREATE OR REPLACE FUNCTION g(a int) RETURNS int RETURN 1"
    assert refusals("COMMENT ON FUNCTION g IS 'x'", later, setup=MADE) == ["42725", ""]


def test_types_decide_between_overloads(refusals: Refusals) -> None:
    """The one that is dropped is missed, the other is not (42883)."""
    text = "COMMENT ON FUNCTION f(int) IS 'x'; COMMENT ON FUNCTION f(text) IS 'x'"
    assert refusals(text, "DROP FUNCTION f(int)", setup=MADE) == ["42883", "", "42883"]


def test_kinds_are_told_apart(refusals: Refusals) -> None:
    """A function that became a procedure is no function any more (42809)."""
    later = "DROP FUNCTION g(); CREATE PROCEDURE g() LANGUAGE sql AS ''"
    assert refusals("COMMENT ON FUNCTION g() IS 'x'; COMMENT ON ROUTINE g() IS 'x'", later, setup=MADE)[:2] == [
        "42809",
        "",
    ]


def test_a_procedure_is_named_with_or_without_its_outputs(refusals: Refusals) -> None:
    """Both forms of DROP PROCEDURE name the same one."""
    assert refusals("COMMENT ON PROCEDURE p(int, int) IS 'x'; COMMENT ON PROCEDURE p(int) IS 'x'", setup=MADE) == [
        "",
        "",
    ]


def test_a_function_of_an_earlier_schema_hides_one_with_its_arguments(refusals: Refusals) -> None:
    """A name alone is not ambiguous then."""
    made = "CREATE SCHEMA s; CREATE FUNCTION s.h() RETURNS int RETURN 1; CREATE FUNCTION h() RETURNS int RETURN 1"
    assert refusals("SET search_path = s, public; COMMENT ON FUNCTION h IS 'x'", setup=made) == ["", ""]
