"""Databases for tests: the ladder applied cold and warm, once a session, and a copy for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from harness.ladder.model import Ladder
from harness.replay.api import open_server
from harness.replay.apply import apply_ladder
from harness.replay.extensions import extensions_of
from harness.replay.model import Options
from harness.replay.run import own_databases
from harness.replay.server import Server

_TEMPLATE = "replayed"


@contextmanager
def replayed(ladder: Ladder) -> Iterator[Server]:
    """Give an embedded Postgres with a database in which the ladder has booted twice.

    AssertionError names the statement that fails at one of the boots.
    """
    ladder.check()
    with (
        open_server(None, None, extensions_of(ladder.migrations)) as server,
        own_databases(server, ladder, Options()),
    ):
        server.create(_TEMPLATE)
        for boot in ("cold", "warm"):
            with server.connect(_TEMPLATE) as connection:
                error = apply_ladder(connection, ladder.migrations)
            if error:
                where = f"{error.path}:{error.line}: {error.sqlstate} {error.message}"
                raise AssertionError(f"the {boot} boot of the ladder fails at {where}")
        yield server


@contextmanager
def copied(server: Server) -> Iterator[str]:
    """Give the connection string of a copy of the replayed database; dropped at the end, whoever uses it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create(name, template=_TEMPLATE)
    try:
        yield server.conninfo(name)
    finally:
        server.drop(name)
