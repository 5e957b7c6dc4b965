"""Proves which statement of a migration fails: runs them one by one in a transaction that is never committed.

The database is the run's own, in the state in which the migration met it (a file that is sent whole and fails
leaves nothing behind). Statements run as the database's superuser; sequences that they advance stay advanced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sql import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.ladder.model import Migration, Statement


@dataclass(frozen=True, slots=True)
class Proof:
    """The first statement that failed, and how."""

    statement: Statement
    sqlstate: str
    message: str


@dataclass(frozen=True, slots=True)
class Script:
    """What psql is to run, and what was left out of it because it cannot run in a transaction of ours."""

    text: str
    skipped: tuple[Statement, ...]


_MARK = "bootsmoke-statement-"
_HEAD = """\\set ON_ERROR_STOP on
\\set VERBOSITY verbose
\\pset pager off
\\o /dev/null
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '20s';
"""
_TAIL = f"\\echo {_MARK}0\nROLLBACK;\n"

_TRANSACTION_CONTROL = re.compile(
    r"(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b",
    re.IGNORECASE,
)
_NOT_IN_A_TRANSACTION = re.compile(
    r"(?:vacuum|reindex|cluster|checkpoint|discard\s+all|alter\s+system|(?:create|drop|alter)\s+(?:database|tablespace)"
    r"|(?:create|drop|alter)\s+subscription|copy\b.{1,2000}\b(?:stdin|program))\b"
    r"|(?:create\s+(?:unique\s+)?index|drop\s+index)\s+concurrently\b"
    r"|alter\s+table\b.{1,2000}\bconcurrently\b",
    re.IGNORECASE | re.DOTALL,
)
_FAILURE = re.compile(r"^(?:psql:\S{0,200}: )?\S{1,30}:  (?P<state>[0-9A-Z]{5}): (?P<message>.*)$", re.MULTILINE)


def script(migration: Migration) -> Script:
    """Return the psql script that stops at the migration's first failing statement and commits nothing."""
    parts, skipped = [_HEAD], []
    for statement in migration.statements:
        if _TRANSACTION_CONTROL.match(statement.text):
            continue
        if _NOT_IN_A_TRANSACTION.match(statement.text) or _speaks_to_psql(statement.text):
            skipped.append(statement)
            continue
        parts.append(f"\\echo {_MARK}{statement.number}\n{statement.text}\n;\n")
    return Script("".join([*parts, _TAIL]), tuple(skipped))


def read(migration: Migration, output: str) -> Proof | None:
    """Return what psql's output proves: the last statement that was announced is the one that failed."""
    announced = re.findall(rf"^{_MARK}(\d{{1,9}})$", output, re.MULTILINE)
    failure = _FAILURE.search(output)
    if failure is None or not announced or announced[-1] == "0":
        return None
    return Proof(migration.statements[int(announced[-1]) - 1], failure["state"], failure["message"])


def prove(migration: Migration, psql: Callable[[str], str]) -> Proof | None:
    """Run the migration's statements until one fails; None when all pass.

    `psql` runs a script with `psql -XqAt` and returns stdout and stderr, in whatever order they came.
    """
    return read(migration, psql(script(migration).text))


def _speaks_to_psql(text: str) -> bool:
    """Whether psql would take a backslash in the text as a command of its own: one of them starts a shell."""
    return any(token.kind == "ASCII_92" for token in parse.tokens(text))
