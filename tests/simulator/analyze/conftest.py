"""A small database to analyze queries in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.simulator import analyze, play
from harness.simulator.errors import Refused
from harness.simulator.session import Session
from harness.simulator.simulate import empty
from harness.sql import parse

SETUP = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN code AS text;
CREATE TYPE pair AS (x int, y text);
CREATE TABLE a (
    id int PRIMARY KEY, name varchar(20), price numeric(10, 2), tags text[], mood mood, code code, pair pair,
    at timestamptz, flag bool, data jsonb
);
CREATE TABLE b (id int8 PRIMARY KEY, a_id int REFERENCES a, note text);
CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x * 2';
CREATE FUNCTION padded(x text, y int DEFAULT 1, z text DEFAULT '') RETURNS varchar LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION total(VARIADIC x numeric[]) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
CREATE FUNCTION found(x int) RETURNS TABLE (id int, label text) LANGUAGE sql AS 'SELECT 1, ''x''';
CREATE FUNCTION one_row() RETURNS a LANGUAGE sql AS 'SELECT * FROM a';
CREATE VIEW v AS SELECT id, name FROM a;
"""

Analyzed = Callable[[str], str]


def made(setup: str = SETUP) -> Session:
    """Return a session of the second boot's kind, in which some statements have been played."""
    session = Session(empty(), is_cold=False)
    for node in parse.nodes(setup):
        play.execute(session, node)
    return session


def told(session: Session, sql: str) -> str:
    """Return the columns that a statement gives, `name type, ...`, or the SQLSTATE that it is refused with."""
    nodes = parse.nodes(sql)
    if not nodes:
        return "42601"
    try:
        found = analyze.statement(session, nodes[0])
    except Refused as refused:
        return refused.sqlstate
    return ", ".join(f"{each.name} {analyze.format_type(session, each.type)}" for each in found.columns)


def refused(session: Session, sql: str) -> str:
    """Return Postgres's words for what is wrong with a statement."""
    with pytest.raises(Refused) as caught:
        analyze.statement(session, parse.nodes(sql)[0])
    return caught.value.message


@pytest.fixture
def session() -> Session:
    """Make the database."""
    return made()


@pytest.fixture
def analyzed(session: Session) -> Analyzed:
    """Analyze a statement: its columns with their types, or the SQLSTATE."""
    return lambda sql: told(session, sql)


@pytest.fixture
def words(session: Session) -> Analyzed:
    """Analyze a statement that is refused: Postgres's words for it."""
    return lambda sql: refused(session, sql)
