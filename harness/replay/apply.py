"""Applies migrations as a server does at its boot: each file one simple query, over one connection for the ladder.

The connections are in autocommit mode, so that a file is a transaction of its own unless it says BEGIN itself
(postgresql.org/docs/current/protocol-flow.html, "Multiple Statements in a Simple Query"). What a file sets for the
session (search_path, role, temporary tables) holds for the files after it, as it does on a server's connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import generators
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

from harness.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection
    from psycopg.pq.abc import PGresult
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration, Statement

NOT_IN_A_TRANSACTION = frozenset(("25001", "2D000"))
"""What CREATE INDEX CONCURRENTLY, VACUUM and their kin say inside of a transaction (active_sql_transaction), and
what a procedure says that commits (invalid_transaction_termination)."""
_SYNTAX_ERROR = "42601"
_COPYING = frozenset((ExecStatus.COPY_IN, ExecStatus.COPY_OUT))

_CONTROL = re.compile(
    r"(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatementError:
    """A statement of a migration that Postgres refused; `line` and `statement` are 1-based."""

    path: str
    line: int
    statement: int
    sqlstate: str
    message: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What Postgres said to one simple query: how many statements passed, and the error that ended it."""

    passed: int
    error: PGresult | None

    @property
    def sqlstate(self) -> str:
        """The error's code; empty without an error."""
        return _field(self.error, DiagnosticField.SQLSTATE)

    @property
    def message(self) -> str:
        """The error's primary message; empty without an error."""
        return _field(self.error, DiagnosticField.MESSAGE_PRIMARY)

    def blame(self, migration: Migration, sent: tuple[Statement, ...]) -> StatementError | None:
        """Return the error as one of the statement that it belongs to, of those that were sent."""
        if self.error is None:
            return None
        statement = sent[min(self._guilty(migration, sent), len(sent) - 1)]
        path = str(migration.path)
        return StatementError(path, statement.line, statement.number, self.sqlstate, self.message)

    def _guilty(self, migration: Migration, sent: tuple[Statement, ...]) -> int:
        """Return the index of the statement that failed: Postgres answers each one that passed.

        A text that its grammar refuses is refused as a whole, before the first statement, with a position that
        counts characters.
        """
        position = _field(self.error, DiagnosticField.STATEMENT_POSITION)
        if self.sqlstate != _SYNTAX_ERROR or not position or len(sent) == 1:
            return self.passed
        offset = len(migration.text[: int(position) - 1].encode())
        return sum(statement.end < offset for statement in sent)


def send(connection: Connection[TupleRow], text: str) -> Reply:
    """Send a text as one simple query; psycopg's OperationalError when the connection is lost."""
    connection.pgconn.send_query(text.encode())
    results = connection.wait(generators.execute(connection.pgconn))
    while results and results[-1].status in _COPYING:
        results[-1:] = _end_copy(connection, results[-1])
    failed = [result for result in results if result.status == ExecStatus.FATAL_ERROR]
    return Reply(len(results) - len(failed), failed[0] if failed else None)


def apply_file(connection: Connection[TupleRow], migration: Migration) -> StatementError | None:
    """Apply one migration as a server does, and stop at its first error; None when it passed.

    A file that cannot run in a transaction is applied statement by statement. After an error the connection is
    out of the transaction that failed, ready for the next file.
    """
    error, _ = apply(connection, migration)
    return error


def apply(connection: Connection[TupleRow], migration: Migration) -> tuple[StatementError | None, bool]:
    """Apply one migration; the second value says whether it went statement by statement."""
    if not migration.statements:
        return None, False
    if migration.transactional:
        reply = send(connection, migration.text)
        if reply.sqlstate not in NOT_IN_A_TRANSACTION:
            leave_failed_transaction(connection)
            return reply.blame(migration, migration.statements), False
        leave_failed_transaction(connection)
    return _one_by_one(connection, migration), True


def apply_ladder(connection: Connection[TupleRow], migrations: Iterable[Migration]) -> StatementError | None:
    """Apply migrations in order; stop at the first error."""
    return next((error for migration in migrations if (error := apply_file(connection, migration))), None)


def leave_failed_transaction(connection: Connection[TupleRow]) -> None:
    """Roll back what an error has left in a failed state; an open transaction that is sound stays."""
    if connection.info.transaction_status == TransactionStatus.INERROR:
        command(connection, "ROLLBACK")


def command(connection: Connection[TupleRow], text: str) -> None:
    """Send a command of our own, which Postgres has no reason to refuse; PostgresError when it does."""
    reply = send(connection, text)
    if reply.error is not None:
        raise PostgresError(f"Postgres refused `{text}`: {reply.message} (SQLSTATE {reply.sqlstate})")


def is_transaction_control(statement: Statement) -> bool:
    """Whether a statement begins, ends or marks a transaction."""
    return _CONTROL.match(statement.text) is not None


def _one_by_one(connection: Connection[TupleRow], migration: Migration) -> StatementError | None:
    for statement in migration.statements:
        error = send(connection, statement.text).blame(migration, (statement,))
        if error:
            leave_failed_transaction(connection)
            return error
    return None


def _end_copy(connection: Connection[TupleRow], result: PGresult) -> list[PGresult]:
    """End a COPY that waits for a client's data, or sends some: a migration has nothing to do with either."""
    if result.status == ExecStatus.COPY_IN:
        connection.pgconn.put_copy_end(b"a migration carries no data for COPY")
    else:
        while connection.pgconn.get_copy_data(0)[0] > 0:
            pass
    return connection.wait(generators.execute(connection.pgconn))


def _field(result: PGresult | None, field: DiagnosticField) -> str:
    value = None if result is None else result.error_field(field)
    return "" if value is None else value.decode(errors="replace")
