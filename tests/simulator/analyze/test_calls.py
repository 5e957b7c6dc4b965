"""Calls of functions: which one is meant, and what it gives."""

from __future__ import annotations

import pytest

from harness.simulator import analyze, play
from harness.simulator.catalog.objects import Function, Ref
from harness.simulator.session import Session
from harness.sql import parse
from tests.simulator.analyze.conftest import Analyzed, made, told


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT twice(1), twice('1'), twice(x => 2)", "twice integer, twice integer, twice integer"),
        (
            "SELECT padded('x'), padded(name, 2), padded('x', z => 'y') FROM a",
            "padded character varying, " * 2 + "padded character varying",
        ),
        ("SELECT total(1, 2.5), total(VARIADIC ARRAY[1.0])", "total numeric, total numeric"),
        ("SELECT twice(id) FROM a WHERE total(price) > 1", "twice integer"),
        ("SELECT found(1), one_row()", "found record, one_row a"),
        ("SELECT int4(2.5), text(1), date('2020-01-01')", "int4 integer, text text, date date"),
        (
            "SELECT count(*), count(id), sum(id), string_agg(name, ',') FROM a",
            "count bigint, count bigint, sum bigint, string_agg text",
        ),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM a", "percentile_cont double precision"),
        (
            "SELECT array_append(tags, 'x'), array_fill(mood, ARRAY[1]), unnest(tags) FROM a",
            "array_append text[], array_fill mood[], unnest text",
        ),
        (
            "SELECT make_interval(days => 3), jsonb_build_object('a', 1, 'b', now())",
            "make_interval interval, jsonb_build_object jsonb",
        ),
        ("SELECT pg_catalog.lower('x'), public.twice(1)", "lower text, twice integer"),
        ("SELECT nope(1)", "42883"),
        ("SELECT twice()", "42883"),
        ("SELECT twice(1, 2)", "42883"),
        ("SELECT twice(now())", "42883"),
        ("SELECT twice('x')", "22P02"),
        ("SELECT twice(y => 1)", "42883"),
        ("SELECT total(1, y => 2)", "42883"),
        ("SELECT pg_catalog.twice(1)", "42883"),
        ("SELECT lower(id) FROM a", "42883"),
        ("SELECT array_append(tags, 1) FROM a", "42883"),
        ("SELECT nextval('nope')", "42P01"),
    ],
)
def test_the_best_function_is_called(sql: str, said: str, analyzed: Analyzed) -> None:
    """By the number, the names and the types of the arguments, as the documentation has it."""
    assert analyzed(sql) == said


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nope(1, 'x')", "function nope(integer, unknown) does not exist"),
        ("SELECT twice(y => 1)", "function twice(y => integer) does not exist"),
    ],
)
def test_a_refusal_names_the_types(sql: str, said: str, words: Analyzed) -> None:
    """In Postgres's words."""
    assert words(sql) == said


def test_two_functions_that_look_the_same_to_a_call_are_ambiguous() -> None:
    """As when a default is added: the old one is still there."""
    session = made(
        "CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION f(x int, y int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    assert told(session, "SELECT f(1)") == "42725"
    assert told(session, "SELECT f(1, 2)") == "f integer"


def test_a_function_is_depended_on(session: Session) -> None:
    """So that it cannot be dropped under a view; a sequence that a literal names, too."""
    play.execute(session, parse.nodes("CREATE SEQUENCE s")[0])
    twice = next(each for each in session.store.each(Function) if each.name == "twice")
    found = analyze.query(session, parse.nodes("SELECT twice(1), nextval('s')")[0])
    assert found.depends == {Ref(twice.oid), Ref(session.relation("s").oid)}


def test_what_an_extension_may_have_brought_is_not_missed() -> None:
    """Unless all that it brings is known."""
    session = made("CREATE EXTENSION some_extension_that_nobody_knows; CREATE TABLE t (a int)")
    assert (
        told(session, "SELECT nope(a), a ~~~ 'x', 'x'::nope FROM t")
        == "nope unknown, ?column? unknown, nope unknown"
    )
