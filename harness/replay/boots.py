"""Boots of a ladder one after the other, on a database that is dropped at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from harness.errors import PostgresError
from harness.replay.apply import apply
from harness.replay.model import Options
from harness.replay.run import apply_given, own_databases, session_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Ladder, Migration
    from harness.replay.apply import StatementError
    from harness.replay.server import Server

DATABASE = "boots"
"""The database that `blank` makes, as its server calls it."""


@contextmanager
def blank(server: Server, ladder: Ladder, setup: Migration | None) -> Iterator[Connection[TupleRow]]:
    """Connect to a database that has nothing but the setup in it, and is dropped at the end, with its roles."""
    with own_databases(server, ladder, Options(setup=setup)):
        server.create(DATABASE)
        try:
            with server.connect(DATABASE) as connection:
                connection.prepare_threshold = None
                if setup is not None:
                    apply_given(connection, setup)
                yield connection
        except psycopg.OperationalError as error:
            raise PostgresError(f"Postgres broke off in the middle of a boot: {error}") from error


@contextmanager
def warm(server: Server, setup: Migration | None) -> Iterator[Connection[TupleRow]]:
    """Connect anew to the database of `blank`, as the second boot does: what the setup has SET is set."""
    with server.connect(DATABASE) as connection:
        connection.prepare_threshold = None
        if setup is not None:
            apply_given(connection, session_part(setup))
        yield connection


def boot(connection: Connection[TupleRow], ladder: Ladder) -> tuple[StatementError | None, list[Migration]]:
    """Boot as a server does; return the error that stopped it, and the files that went statement by statement."""
    piecewise: list[Migration] = []
    for migration in ladder.migrations:
        error, in_pieces = apply(connection, migration)
        if error:
            return error, piecewise
        piecewise += [migration] if in_pieces else []
    return None, piecewise
