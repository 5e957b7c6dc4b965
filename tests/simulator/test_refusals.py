"""Single boots of an empty database: the simulator and Postgres refuse the same statements, with the same SQLSTATE.

Each file of tests/simulator/refusals/ is sent statement by statement; errors are part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.ladder.model import Migration
from harness.replay.apply import send
from harness.replay.postgres import embedded
from harness.replay.server import Server
from harness.simulator.session import Session
from harness.simulator.simulate import Boot, empty, steps_of

FILES = sorted((Path(__file__).parent / "refusals").glob("*.sql"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run the newest Postgres."""
    with embedded(18) as running:
        yield running


@pytest.mark.postgres
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_statement_ends_as_in_postgres(path: Path, server: Server) -> None:
    """Every statement passes, or is refused with Postgres's SQLSTATE; none is of unknown outcome."""
    migration = Migration(path.name, path, path.read_text())
    assert simulated(migration) == replayed(migration, server)


def simulated(migration: Migration) -> list[str]:
    """Return what the simulator refuses, and what it does not know."""
    results = Boot(Session(empty(), is_cold=False)).run(list(steps_of(migration)))
    states = [result.unsure or (result.refused.sqlstate if result.refused else "") for result in results]
    return _told(migration, states)


def replayed(migration: Migration, server: Server) -> list[str]:
    """Return what Postgres refuses."""
    server.create(migration.path.stem)
    with server.connect(migration.path.stem) as connection:
        states = [send(connection, statement.text).sqlstate for statement in migration.statements]
    return _told(migration, states)


def _told(migration: Migration, states: list[str]) -> list[str]:
    pairs = zip(migration.statements, states, strict=True)
    return [f"line {statement.line}: {state}" for statement, state in pairs if state]
