"""The simulator and Postgres 18 give the same rows, statement by statement, in one boot of an empty database.

Each file of queries/ is sent statement by statement; errors are part of it. What the simulator does not know does
not count as wrong, but no more than a few values may be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from harness.ladder.model import Migration
from harness.replay.postgres import embedded
from harness.replay.server import Server
from harness.simulator import execute, play
from harness.simulator.errors import Refused
from harness.simulator.session import Session
from harness.simulator.simulate import empty, steps_of
from harness.simulator.values import UNKNOWN, Fresh

FILES = sorted((Path(__file__).parent / "queries").glob("*.sql"))
_QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_ANY = object()
"""In place of a value that is not known."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run the newest Postgres."""
    with embedded(18) as running:
        yield running


@pytest.mark.postgres
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_statement_gives_what_postgres_gives(path: Path, server: Server) -> None:
    """Every statement gives the rows that Postgres gives, or its SQLSTATE."""
    migration = Migration(path.name, path, path.read_text())
    session = Session(empty(), is_cold=False)
    server.create(path.stem)
    wrong = []
    with server.connect(path.stem) as connection:
        connection.execute("SET timezone = 'UTC'")
        for step in steps_of(migration):
            mine, theirs = _simulated(session, step.node), _sent(connection, step.statement.text)
            if not _agree(mine, theirs):
                wrong.append((step.statement.line, mine, theirs))
    assert wrong == []


def _simulated(session: Session, node: Any) -> Any:
    """Return a statement's rows as texts, nothing for one without rows, or its SQLSTATE."""
    mark = session.store.mark()
    try:
        name = node.DESCRIPTOR.name
        if name not in _QUERIES or (name == "SelectStmt" and node.HasField("into_clause")):
            play.execute(session, node)
            return None
        result = execute.run_statement(session, node, execute.EMPTY)
    except Refused as refused:
        session.store.rollback(mark)
        return refused.sqlstate
    assert result.is_exact
    return [[_text(value) for value in row] for row in result.rows] if result.columns else None


def _text(value: Any) -> Any:
    if value is UNKNOWN or isinstance(value, Fresh | dict):
        return _ANY
    if isinstance(value, bool):
        return "t" if value else "f"
    text = execute.to_text(value)
    return _ANY if text is UNKNOWN else text


def _sent(connection: psycopg.Connection[Any], text: str) -> Any:
    """Send a statement; what it gives, in the same shape."""
    try:
        with connection.transaction():
            cursor = connection.execute(text.encode())
    except psycopg.Error as error:
        return error.sqlstate
    found = cursor.pgresult
    if cursor.description is None or found is None:
        return None
    rows = range(found.ntuples)
    values = [[found.get_value(row, column) for column in range(found.nfields)] for row in rows]
    return [[None if value is None else value.decode() for value in row] for row in values]


def _agree(mine: Any, theirs: Any) -> bool:
    if not isinstance(mine, list) or not isinstance(theirs, list):
        return bool(mine == theirs)
    if len(mine) != len(theirs):
        return False
    pairs = [pair for one, other in zip(mine, theirs, strict=True) for pair in zip(one, other, strict=True)]
    return all(one is _ANY or one == other for one, other in pairs)
