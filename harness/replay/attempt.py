"""Tries every statement of a ladder on its own, and goes on after errors, so that one boot shows all failures.

A file that a server sends whole is one transaction here as well, with each statement in a savepoint of its own:
what one statement leaves behind (SET LOCAL, locks, temporary tables, pending triggers) meets the next one as it
would at a server's boot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from psycopg.pq import TransactionStatus

from harness.replay.apply import (
    NOT_IN_A_TRANSACTION,
    command,
    is_transaction_control,
    leave_failed_transaction,
    send,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration, Statement
    from harness.replay.apply import StatementError

_SAVEPOINT = "SAVEPOINT bootsmoke"
_KEEP = "RELEASE SAVEPOINT bootsmoke"
_UNDO = "ROLLBACK TO SAVEPOINT bootsmoke; RELEASE SAVEPOINT bootsmoke"


class Watch(Protocol):
    """Is told what each statement came to, while its transaction may still be open."""

    def passed(self, migration: Migration, statement: Statement) -> None:
        """Look at what the statement did."""

    def failed(self) -> None:
        """Forget what the statement that just failed may have moved."""


class Unwatched:
    """Looks at nothing."""

    def passed(self, migration: Migration, statement: Statement) -> None:
        """Look away."""

    def failed(self) -> None:
        """Look away."""


def attempt(
    connection: Connection[TupleRow],
    migrations: Iterable[Migration],
    *,
    piecewise: Collection[Migration] = (),
    watch: Watch | None = None,
) -> list[StatementError]:
    """Try all statements in order and return those that failed.

    `piecewise` are the files that a server applies statement by statement. BEGIN, COMMIT and their kin are carried
    out and never count, except for a COMMIT that a deferred constraint refuses.
    """
    trial = _Trial(connection, watch or Unwatched())
    for migration in migrations:
        trial.file(migration, whole=migration not in piecewise)
    return trial.errors


class _Trial:
    """One boot under way."""

    def __init__(self, connection: Connection[TupleRow], watch: Watch) -> None:
        self.errors: list[StatementError] = []
        self._connection = connection
        self._watch = watch
        self._explicit = False
        """The file's own BEGIN is open: its end is not ours to set."""

    @property
    def _idle(self) -> bool:
        return self._connection.info.transaction_status == TransactionStatus.IDLE

    def file(self, migration: Migration, *, whole: bool) -> None:
        """Try one file's statements; `whole` is whether they share a transaction, if the file sets none itself."""
        for statement in migration.statements:
            if is_transaction_control(statement):
                self._control(migration, statement)
                continue
            if self._idle:
                command(self._connection, "BEGIN")
            self._statement(migration, statement, alone=not whole or len(migration.statements) == 1)
            if not whole:
                self._finish(migration, statement)
        if migration.statements:
            self._finish(migration, migration.statements[-1])

    def _statement(self, migration: Migration, statement: Statement, *, alone: bool) -> None:
        """Try one statement in a savepoint; one that can do without a transaction, where it needs to."""
        command(self._connection, _SAVEPOINT)
        reply = send(self._connection, statement.text)
        command(self._connection, _UNDO if reply.error else _KEEP)
        if alone and not self._explicit and reply.sqlstate in NOT_IN_A_TRANSACTION:
            command(self._connection, "COMMIT")
            reply = send(self._connection, statement.text)
        error = reply.blame(migration, (statement,))
        if error is None:
            self._watch.passed(migration, statement)
        else:
            self.errors.append(error)
            self._watch.failed()

    def _finish(self, migration: Migration, statement: Statement) -> None:
        """End the transaction, unless it is the file's own."""
        if not self._explicit and not self._idle:
            self._commit(migration, statement, "COMMIT")

    def _control(self, migration: Migration, statement: Statement) -> None:
        word = statement.text.split(maxsplit=1)[0].lower()
        self._commit(migration, statement, statement.text)
        if word in ("begin", "start"):
            self._explicit = True
        elif self._idle:
            self._explicit = False

    def _commit(self, migration: Migration, statement: Statement, text: str) -> None:
        """Carry out what may end a transaction; a constraint that was deferred to here counts as its failure."""
        error = send(self._connection, text).blame(migration, (statement,))
        leave_failed_transaction(self._connection)
        if error and error.sqlstate.startswith("23"):
            self.errors.append(error)
            self._watch.failed()
