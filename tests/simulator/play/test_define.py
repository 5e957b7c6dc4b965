"""Aggregates, operators, casts and text search, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


FUNCTION = "CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'"


def test_names_are_taken(refusals: Refusals) -> None:
    """Each kind has its own SQLSTATE."""
    assert refusals(
        "CREATE AGGREGATE g(int) (SFUNC = f, STYPE = int);"
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = f);"
        'CREATE COLLATION c FROM "C"; CREATE TEXT SEARCH CONFIGURATION s (COPY = simple);'
        "CREATE CAST (text AS int) WITH INOUT; CREATE OPERATOR FAMILY o USING btree;"
        "CREATE CONVERSION x FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        setup=FUNCTION,
    ) == ["42723", "42723", "42710", "23505", "42710", "42710", "42710"]


def test_they_keep_the_functions_that_they_are_made_of(refusals: Refusals) -> None:
    """DROP FUNCTION needs CASCADE."""
    made = "CREATE OR REPLACE AGGREGATE g(int) (SFUNC = f, STYPE = int)"
    replaced = FUNCTION.replace("CREATE", "CREATE OR REPLACE")
    assert refusals("DROP FUNCTION IF EXISTS f(int, int)", replaced, made) == ["2BP01", "", ""]


def test_what_is_dropped_can_be_made_again(refusals: Refusals) -> None:
    """DROP finds operators, casts, families and aggregates by all of their name."""
    assert (
        refusals(
            "CREATE AGGREGATE g(int) (SFUNC = f, STYPE = int);"
            "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = f);"
            "CREATE CAST (text AS int) WITH INOUT; CREATE OPERATOR FAMILY o USING btree",
            "DROP AGGREGATE g(int); DROP OPERATOR === (int, int);"
            "DROP CAST (text AS int); DROP OPERATOR FAMILY o USING btree",
            setup=FUNCTION,
        )
        == [""] * 8
    )


def test_a_mapping_is_added_and_dropped_once(refusals: Refusals) -> None:
    """ALTER MAPPING can be repeated, ADD and DROP cannot."""
    made = "CREATE TEXT SEARCH CONFIGURATION s (PARSER = default)"
    assert refusals(
        "ALTER TEXT SEARCH CONFIGURATION s ADD MAPPING FOR word WITH simple",
        "ALTER TEXT SEARCH CONFIGURATION s ALTER MAPPING FOR word WITH simple",
        setup=made,
    ) == ["23505", ""]


def test_a_configuration_keeps_the_dictionaries_that_it_maps_to(refusals: Refusals) -> None:
    """DROP of such a dictionary needs CASCADE."""
    made = "CREATE TEXT SEARCH CONFIGURATION s (COPY = simple); CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)"
    mapped = "ALTER TEXT SEARCH CONFIGURATION s ALTER MAPPING FOR word WITH d"
    assert refusals("DROP TEXT SEARCH DICTIONARY IF EXISTS d", f"{made}; {mapped}")[0] == "2BP01"


def test_an_operator_keeps_the_overload_that_it_is_made_of(refusals: Refusals) -> None:
    """Of two functions of a name it is the one with the operator's types."""
    other = "CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    replaced = FUNCTION.replace("CREATE", "CREATE OR REPLACE")
    made = "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = f)"
    assert refusals("DROP FUNCTION IF EXISTS f(int, int)", f"{other}; {replaced}", made)[0] == "2BP01"
