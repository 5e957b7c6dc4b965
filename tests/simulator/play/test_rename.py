"""RENAME, SET SCHEMA and OWNER TO at the second boot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refusals = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("made", "renamed", "expected"),
    [
        ("CREATE TABLE a ()", "ALTER TABLE a RENAME TO b", ["", "42P07"]),
        ("CREATE SEQUENCE a", "ALTER SEQUENCE a RENAME TO b", ["", "42P07"]),
        ("CREATE VIEW a AS SELECT 1 AS x", "ALTER VIEW a RENAME TO b", ["", "42P07"]),
        ("CREATE TYPE a AS ENUM ('x')", "ALTER TYPE a RENAME TO b", ["", "42710"]),
        ("CREATE DOMAIN a AS int", "ALTER DOMAIN a RENAME TO b", ["", "42710"]),
        ("CREATE SCHEMA a", "ALTER SCHEMA a RENAME TO b", ["", "42P06"]),
        ("CREATE ROLE a", "ALTER ROLE a RENAME TO b", ["", "42710"]),
        (
            "CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER FUNCTION a() RENAME TO b",
            ["", "42723"],
        ),
        ("CREATE TYPE e AS ENUM ('a')", "ALTER TYPE e RENAME VALUE 'a' TO 'b'", ["42710", "22023"]),
    ],
)
def test_a_renamed_thing_is_made_again(refusals: Refusals, made: str, renamed: str, expected: list[str]) -> None:
    """The old name is free for CREATE; then the new one is taken."""
    assert refusals(made, renamed) == expected


@pytest.mark.parametrize(
    "renamed",
    [
        "ALTER TABLE a RENAME TO b",
        "ALTER INDEX i RENAME TO j",
        "ALTER TABLE t RENAME COLUMN x TO y",
        "ALTER TABLE t RENAME CONSTRAINT x TO y",
        "ALTER TRIGGER x ON t RENAME TO y",
        "ALTER POLICY x ON t RENAME TO y",
        "ALTER TYPE a RENAME TO b",
        "ALTER SCHEMA a RENAME TO b",
        "ALTER ROLE a RENAME TO b",
        "ALTER FUNCTION f(int) RENAME TO g",
    ],
)
def test_what_was_there_before_the_ladder_is_renamed_once(refusals: Refusals, renamed: str) -> None:
    """The first boot takes it as given; the second misses it."""
    last = refusals("CREATE TABLE IF NOT EXISTS t (id int);", renamed)[-1]
    assert last in ("42P01", "42703", "42704", "42883", "3F000")


@pytest.mark.parametrize("renamed", ["ALTER TABLE IF EXISTS a RENAME TO b", "ALTER INDEX IF EXISTS a RENAME TO b"])
def test_if_exists_guards_a_rename(refusals: Refusals, renamed: str) -> None:
    """Nothing is there to be renamed at the second boot."""
    assert refusals("DROP TABLE IF EXISTS nothing;", renamed) == ["", ""]


def test_expressions_follow_a_renamed_column(refusals: Refusals) -> None:
    """A CHECK goes on to hold rows to it."""
    ladder = (
        "CREATE TABLE IF NOT EXISTS t (a int CHECK (a > 0));",
        "ALTER TABLE t RENAME COLUMN a TO b;",
        "DO $$ BEGIN INSERT INTO t (b) VALUES (-1); EXCEPTION WHEN check_violation THEN NULL; END $$;",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;",
    )
    assert refusals(*ladder) == ["", "42701", "", ""]


def test_views_follow_a_renamed_table(refused: Callable[[str], list[str]]) -> None:
    """A view reads the table under its new name, also when a new table has the old one."""
    text = """
        CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; INSERT INTO t VALUES (1);
        ALTER TABLE t RENAME TO old; CREATE TABLE t (a int);
        CREATE TABLE found (a int PRIMARY KEY); INSERT INTO found SELECT a FROM v;
        INSERT INTO found SELECT a FROM v;
    """
    assert refused(text)[-2:] == ["", "23505"]


def test_a_moved_table_is_made_again(refusals: Refusals) -> None:
    """CREATE passes in the old schema, SET SCHEMA finds the table there; indexes and sequences have moved along."""
    ladder = "CREATE SCHEMA IF NOT EXISTS s; CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t SET SCHEMA s;"
    assert refusals(ladder, "DROP SEQUENCE s.t_id_seq CASCADE; DROP INDEX IF EXISTS s.nothing") == [
        "",
        "",
        "42P07",
        "42P01",
        "",
    ]
