"""Expressions of which something is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.simulator.errors import Refused
from harness.simulator.values import UNKNOWN, Fresh

if TYPE_CHECKING:
    from tests.simulator.execute.conftest import Database


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("u IS NULL", UNKNOWN),
        ("coalesce(u, 1)", UNKNOWN),
        ("coalesce(1, u)", 1),
        ("u = u OR true", True),
        ("u > 1 AND false", False),
        ("u IN (1, 2)", UNKNOWN),
        ("1 IN (u, 1)", True),
        ("CASE WHEN u THEN 1 ELSE 1 END", 1),
        ("CASE WHEN u THEN 1 ELSE 2 END", UNKNOWN),
        ("CASE WHEN false THEN u ELSE 2 END", 2),
        ("lower(u)", UNKNOWN),
        ("lower(NULL)", None),
        ("concat('a', u)", UNKNOWN),
        ("array[1, u] @> array[1]", True),
        ("no_such_variable IS NULL OR true", True),
    ],
)
def test_what_is_not_known_stays_so_unless_it_does_not_matter(
    database: Database, expression: str, value: Any
) -> None:
    """UNKNOWN spreads through an expression up to where its value makes no difference."""
    assert database.value(expression, u=UNKNOWN, no_such_variable=UNKNOWN) == value


@pytest.mark.parametrize(
    "expression",
    [
        "CASE WHEN u THEN 1 / 0 ELSE 1 END",
        "u AND 1 / 0 = 1",
        "CASE WHEN u THEN 'x'::text::int END",
    ],
)
def test_what_may_not_be_evaluated_is_not_refused(database: Database, expression: str) -> None:
    """Behind a condition that is not known an error is none."""
    assert database.value(expression, u=UNKNOWN) is UNKNOWN


def test_what_is_evaluated_for_sure_is_refused(database: Database) -> None:
    """Behind a condition that is known an error is one."""
    with pytest.raises(Refused) as refused:
        database.value("CASE WHEN t THEN 1 / (1 - 1) ELSE 1 END", t=True)
    assert refused.value.sqlstate == "22012"


def test_fresh_values_stay_fresh_through_what_keeps_them_apart(database: Database) -> None:
    """A new UUID as text, in small letters, with something before it is still new; its length is not."""
    assert isinstance(database.value("'a-' || lower(gen_random_uuid()::text)"), Fresh)
    assert isinstance(database.value("md5(random()::text)"), Fresh)
    assert database.value("length(gen_random_uuid()::text)") is UNKNOWN


def test_a_function_that_is_not_followed_makes_ids_of_random_bytes(database: Database) -> None:
    """A text of random parts is not NULL and equals nothing; a choice between two texts is just not known."""
    database.run("""
        CREATE EXTENSION pgcrypto;
        CREATE FUNCTION nanoid() RETURNS text LANGUAGE plpgsql AS $$
        DECLARE id text := ''; bytes bytea := gen_random_bytes(8);
        BEGIN
            WHILE length(id) < 8 LOOP id := id || get_byte(bytes, length(id)); END LOOP;
            RETURN id;
        END $$;
        CREATE FUNCTION either() RETURNS text LANGUAGE sql AS $$
            SELECT (array['a', 'b'])[floor(random() * 2 + 1)]
        $$""")
    assert isinstance(database.value("'user_' || nanoid()"), Fresh)
    assert database.value("either()") is UNKNOWN


def test_scalar_sub_selects_are_known_where_their_row_is(database: Database) -> None:
    """A row that is there for sure is the value; where it may be missing or another, nothing is known."""
    database.run("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    assert database.value("(SELECT v FROM t WHERE id = 1)") == "a"
    assert database.value("(SELECT v FROM t WHERE id = u)", u=UNKNOWN) is UNKNOWN
    assert database.value("(SELECT v FROM t WHERE id = 3)") is None
    database.forget_rows("t")
    assert database.value("(SELECT v FROM t WHERE id = 1)") == "a"
    assert database.value("(SELECT v FROM t WHERE id = 3)") is UNKNOWN


def test_exists_is_true_for_one_sure_row(database: Database) -> None:
    """EXISTS needs one row that is there for sure; that there is none has to be sure too."""
    database.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    database.forget_rows("t")
    assert database.value("EXISTS (SELECT FROM t WHERE id = 1)") is True
    assert database.value("EXISTS (SELECT FROM t WHERE id = 2)") is UNKNOWN
    assert database.value("2 IN (SELECT id FROM t)") is UNKNOWN
    assert database.value("1 IN (SELECT id FROM t)") is True
