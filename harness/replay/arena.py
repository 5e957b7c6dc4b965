"""Where a ladder is booted under harder terms than alone and to its end: databases of its own, and single steps."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.replay.apply import (
    command,
    is_transaction_control,
    leave_failed_transaction,
    send,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration, Statement
    from harness.replay.apply import StatementError
    from harness.replay.server import Server

    Steps = Generator[Statement, None, StatementError | None]


@dataclass(frozen=True)
class Arena:
    """A ladder and a server on which it has booted before."""

    server: Server
    migrations: Sequence[Migration]
    piecewise: Collection[Migration]
    """The files that a server applies statement by statement."""
    connect: Callable[[str], AbstractContextManager[Connection[TupleRow]]]
    """Opens a connection as a server's boot finds it; several threads may call it."""

    @contextmanager
    def database(self, name: str, template: str) -> Iterator[str]:
        """Make a clone that is dropped at the end of the block."""
        self.server.create(name, template=template)
        try:
            yield name
        finally:
            self.server.drop(name)

    def is_one_transaction(self, migration: Migration) -> bool:
        """Whether a server's whole file is one transaction: it is sent whole, and it sets none itself."""
        is_whole = migration.transactional and migration not in self.piecewise
        return is_whole and not any(map(is_transaction_control, migration.statements))

    def steps(self, connection: Connection[TupleRow], migration: Migration) -> Steps:
        """Apply a migration in a server's transactions but one statement at a time; yield each that has passed.

        The generator's value is the error that ended it; the connection is ready for the next file then.
        """
        whole = self.is_one_transaction(migration)
        if whole and migration.statements:
            command(connection, "BEGIN")
        for statement in migration.statements:
            error = send(connection, statement.text).blame(migration, (statement,))
            if error:
                leave_failed_transaction(connection)
                return error
            yield statement
        if not whole or not migration.statements:
            return None
        error = send(connection, "COMMIT").blame(migration, migration.statements[-1:])
        leave_failed_transaction(connection)
        return error
