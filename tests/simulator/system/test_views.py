"""Postgres's own catalogs, as they are computed from what a ladder has made."""

from __future__ import annotations

from typing import Any

import pytest

from harness.simulator import play, system
from harness.simulator.execute import EMPTY, Result, run_statement
from harness.simulator.session import Session
from harness.simulator.simulate import empty
from harness.simulator.values import UNKNOWN, Rough, Value
from harness.sql import parse

LADDER = """
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TABLE app.users (id serial PRIMARY KEY, name varchar(20) NOT NULL, mood app.mood, tags text[] DEFAULT '{}',
    price numeric(8, 2) CHECK (price > 0));
CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES app.users (id) ON DELETE SET NULL);
CREATE INDEX posts_author ON posts (author) WHERE author IS NOT NULL;
CREATE VIEW names AS SELECT name FROM app.users;
ALTER TABLE posts DROP COLUMN author;
ALTER TABLE posts ADD COLUMN title text DEFAULT 'none';
"""


@pytest.fixture
def session() -> Session:
    """Play the ladder on an empty database."""
    found = Session(empty(), is_cold=False)
    for node in parse.nodes(LADDER):
        play.execute(found, node)
    return found


def query(session: Session, text: str) -> Result:
    """Return what a query gives."""
    return run_statement(session, parse.nodes(text)[0], EMPTY)


def value(session: Session, text: str) -> Value:
    """Return the one value of a query of which all is certain."""
    result = query(session, text)
    assert result.is_exact
    ((found,),) = result.rows
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT relkind FROM pg_class WHERE relname = 'names'", "v"),
        ("SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace", 3),
        ("SELECT attname FROM pg_attribute WHERE attrelid = 'posts'::regclass AND attnum = 3", "title"),
        ("SELECT attisdropped FROM pg_attribute WHERE attrelid = 'posts'::regclass AND attnum = 2", True),
        ("SELECT contype FROM pg_constraint WHERE conname = 'users_pkey'", "p"),
        ("SELECT count(*) FROM pg_constraint WHERE conrelid = 'posts'::regclass", 1),
        ("SELECT count(*) FROM pg_indexes WHERE tablename = 'posts'", 1),
        ("SELECT count(*) FROM pg_enum WHERE enumtypid = 'app.mood'::regtype", 2),
        ("SELECT typcategory FROM pg_type WHERE typname = 'mood'", "E"),
        ("SELECT typtype FROM pg_type WHERE typname = 'timestamptz'", "b"),
        ("SELECT data_type FROM information_schema.columns WHERE column_name = 'mood'", "USER-DEFINED"),
        ("SELECT udt_name FROM information_schema.columns WHERE column_name = 'tags'", "_text"),
        ("SELECT numeric_scale FROM information_schema.columns WHERE column_name = 'price'", 2),
        ("SELECT column_default FROM information_schema.columns WHERE column_name = 'title'", "'none'::text"),
        ("SELECT table_type FROM information_schema.tables WHERE table_name = 'names'", "VIEW"),
        ("SELECT rolsuper FROM pg_roles WHERE rolname = 'postgres'", True),
        ("SELECT 'app.users'::regclass::text", "app.users"),
        ("SELECT to_regclass('nothing')", None),
        ("SELECT current_schema()", "public"),
    ],
)
def test_the_catalogs_hold_what_the_ladder_made(session: Session, text: str, expected: object) -> None:
    """A question after the ladder's own objects has one certain answer."""
    assert value(session, text) == expected


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("SELECT FROM pg_class WHERE relname = 'pg_class'", True),
        ("SELECT FROM pg_class WHERE relname LIKE 'user%'", True),
        ("SELECT FROM pg_class WHERE relname ~ '^zz'", False),
        ("SELECT FROM pg_proc WHERE proname = 'now'", True),
        ("SELECT FROM pg_tables WHERE schemaname = 'nowhere'", False),
        ("SELECT FROM pg_constraint WHERE contype = 'f'", False),
        ("SELECT FROM pg_roles WHERE rolname = 'nobody'", False),
        ("SELECT FROM information_schema.tables WHERE table_name LIKE 'sql_%'", UNKNOWN),
        ("SELECT FROM pg_available_extensions WHERE name = 'postgis'", UNKNOWN),
    ],
)
def test_postgress_own_rows_are_there_as_far_as_they_are_known(session: Session, text: str, is_there: Any) -> None:
    """Where a question could be about Postgres's own, the answer is right or is not known."""
    assert value(session, f"SELECT EXISTS ({text})") is is_there


def test_a_count_of_everything_is_not_known(session: Session) -> None:
    """Postgres's own rows are not counted."""
    assert value(session, "SELECT count(*) FROM pg_class") is UNKNOWN


def test_a_check_has_known_words(session: Session) -> None:
    """The text of an expression is not computed; what it names is."""
    mine = "FROM pg_constraint WHERE conrelid = 'app.users'::regclass AND contype = 'c'"
    assert isinstance(value(session, f"SELECT pg_get_constraintdef(oid) {mine}"), Rough)
    for pattern, expected in (("%price%", True), ("%salary%", False), ("%numeric%", UNKNOWN)):
        assert value(session, f"SELECT pg_get_constraintdef(oid) LIKE '{pattern}' {mine}") is expected


def test_a_filter_leaves_out_rows_and_nothing_else(session: Session) -> None:
    """What a query says that it wants changes no answer."""
    view = system.view("information_schema", "columns")
    assert view is not None
    place = view.names.index("column_name")
    everything = [row for row in view.result(session).rows if row[place] == "mood"]
    assert view.result(session, {"column_name": frozenset({"mood"})}).rows == everything


def test_there_is_no_view_of_another_name() -> None:
    """A name that Postgres does not have finds nothing."""
    assert system.view("pg_catalog", "pg_nothing") is None
