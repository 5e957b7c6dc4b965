"""Kills the connection of a first boot after every statement, boots again, and sees what cannot be recovered.

A server that dies takes its open transaction with it: wherever in a file's one transaction that happens, the
database is what it was before the file. One trial, in front of the COMMIT, stands for all of its statements then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.pq import TransactionStatus

from harness.replay.apply import apply_ladder
from harness.replay.state import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Statement
    from harness.replay.apply import StatementError
    from harness.replay.arena import Arena

    Definitions = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Interruption:
    """A place after which a boot does not bring the database to where it should be."""

    path: str
    line: int
    statement: int
    """The last one that was carried out."""
    committed: bool
    """False where the file's transaction was still open."""
    error: StatementError | None
    """Where the next boot stops; None when it passes."""
    differences: tuple[str, ...] = ()
    """Objects that are not what a boot without an interruption makes them."""


@dataclass(frozen=True, slots=True)
class Interruptions:
    """What became of interrupted boots."""

    tried: int
    """Boundaries: after each statement before its COMMIT, and after the COMMIT of each transaction."""
    survived: int
    lost: tuple[Interruption, ...]

    @property
    def ok(self) -> bool:
        """Whether a boot recovers the database wherever the one before it died."""
        return not self.lost


@dataclass(frozen=True, slots=True)
class _Boundary:
    file: int
    statement: Statement
    ended: bool
    """After the COMMIT of the file's one transaction, not before it."""
    stands_for: int = 1


def interrupt(arena: Arena, *, blank: str, booted: str) -> Interruptions:
    """Interrupt first boots on clones of `blank`; `booted` is what an undisturbed database looks like."""
    with arena.connect(booted) as connection:
        expected = _definitions(connection)
    boundaries = list(_boundaries(arena))
    trials = [(boundary, _trial(arena, blank, boundary, expected)) for boundary in boundaries]
    lost = tuple(trial for _, trial in trials if trial)
    tried = sum(boundary.stands_for for boundary in boundaries)
    return Interruptions(tried, tried - sum(boundary.stands_for for boundary, trial in trials if trial), lost)


def _boundaries(arena: Arena) -> Iterator[_Boundary]:
    for number, migration in enumerate(arena.migrations):
        statements = migration.statements
        if statements and arena.is_one_transaction(migration):
            yield _Boundary(number, statements[-1], ended=False, stands_for=len(statements))
            yield _Boundary(number, statements[-1], ended=True)
        else:
            yield from (_Boundary(number, statement, ended=False) for statement in statements)


def _trial(arena: Arena, blank: str, boundary: _Boundary, expected: Definitions) -> Interruption | None:
    """Boot up to a boundary, kill the connection, and boot again; None when that recovers the database."""
    with arena.database("interrupted", blank):
        with arena.connect("interrupted") as connection:
            apply_ladder(connection, arena.migrations[: boundary.file])
            _carry_out(arena, connection, boundary)
            committed = connection.info.transaction_status == TransactionStatus.IDLE
            arena.server.admin.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
            connection.close()
        with arena.connect("interrupted") as connection:
            error = apply_ladder(connection, arena.migrations)
            found = expected if error else _definitions(connection)
    names = [" ".join(key) for key in sorted(expected.keys() | found.keys()) if expected.get(key) != found.get(key)]
    if not error and not names:
        return None
    migration, statement = arena.migrations[boundary.file], boundary.statement
    place = (str(migration.path), statement.line, statement.number)
    return Interruption(*place, committed, error, tuple(names))


def _carry_out(arena: Arena, connection: Connection[TupleRow], boundary: _Boundary) -> None:
    """Apply the file of a boundary up to there."""
    for statement in arena.steps(connection, arena.migrations[boundary.file]):
        if statement == boundary.statement and not boundary.ended:
            return


def _definitions(connection: Connection[TupleRow]) -> Definitions:
    return {key: fact.definition for key, fact in facts(connection).items()}
