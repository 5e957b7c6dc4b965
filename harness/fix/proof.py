"""Whether an edited ladder's cold boot comes to the same database as the original's, values that vary aside."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harness.errors import PostgresError
from harness.replay.apply import apply
from harness.replay.binaries import installed
from harness.replay.model import Options
from harness.replay.run import apply_given, own_databases, session_part
from harness.replay.state import take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Ladder, Migration
    from harness.replay.apply import StatementError
    from harness.replay.contents import Contents
    from harness.replay.server import Server
    from harness.replay.state import State

_DATABASE = "proof"


@dataclass(frozen=True)
class Varying:
    """What two cold boots of one ladder do not have in common."""

    facts: frozenset[tuple[str, str]]
    columns: frozenset[tuple[str, str]]
    """By table and column."""
    sequences: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.facts or self.columns or self.sequences)


@contextmanager
def blank(server: Server, ladder: Ladder, setup: Migration | None) -> Iterator[Connection[TupleRow]]:
    """Connect to a database that has nothing but the setup in it, and is dropped at the end, with its roles."""
    with own_databases(server, ladder, Options(setup=setup)):
        server.create(_DATABASE)
        try:
            with server.connect(_DATABASE) as connection:
                connection.prepare_threshold = None
                if setup is not None:
                    apply_given(connection, setup)
                yield connection
        except psycopg.OperationalError as error:
            raise PostgresError(f"Postgres broke off in the middle of a boot: {error}") from error


@contextmanager
def warm(server: Server, setup: Migration | None) -> Iterator[Connection[TupleRow]]:
    """Connect anew to the database of `blank`, as the second boot does: what the setup has SET is set."""
    with server.connect(_DATABASE) as connection:
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


def cold(server: Server, ladder: Ladder, setup: Migration | None) -> State | StatementError:
    """Return what a cold boot comes to."""
    with blank(server, ladder, setup) as connection:
        error, _ = boot(connection, ladder)
        return error or fresh(server, connection)


def dump(server: Server, ladder: Ladder, setup: Migration | None, *, rows: bool) -> list[str]:
    """Return what pg_dump writes of a cold boot; nothing where there is no pg_dump of the server's version.

    `rows` is whether the data is wanted, too. The lines with a random key, `restrict`, are left out.
    """
    program = next((each.program("pg_dump") for each in installed() if each.major == server.major), None)
    if program is None or not program.is_file():
        return []
    with blank(server, ladder, setup) as connection:
        boot(connection, ladder)
        connection.close()
        said = _run(program, server.conninfo(_DATABASE), () if rows else ("--schema-only",))
    return [line for line in said.splitlines() if not line.startswith(("\\restrict ", "\\unrestrict "))]


def _run(program: Path, conninfo: str, options: tuple[str, ...]) -> str:
    """Run pg_dump, with the password where no list of processes shows it."""
    password = conninfo_to_dict(conninfo).get("password")
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(program), *options, f"--dbname={make_conninfo(conninfo, password='')}"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    if done.returncode:
        raise PostgresError(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()


def fresh(server: Server, connection: Connection[TupleRow]) -> State:
    """Take the state as another session sees it, with settings of its own."""
    connection.close()
    with server.connect(_DATABASE) as other:
        other.prepare_threshold = None
        return take(other)


def varying(one: State, other: State) -> Varying:
    """Return what is not the same in two cold boots of one ladder."""
    return Varying(
        frozenset(
            key for key in one.facts.keys() | other.facts.keys() if _definition(one, key) != _definition(other, key)
        ),
        frozenset(
            (name, column)
            for name in one.tables.keys() & other.tables.keys()
            for column in one.tables[name].shape.columns
            if _values(one.tables[name], [column]) != _values(other.tables[name], [column])
        ),
        frozenset(name for name, value in one.sequences.items() if other.sequences.get(name) != value),
    )


def differences(original: State, edited: State, but: Varying | None = None) -> list[str]:
    """Return what an edited ladder's cold boot has otherwise than the original's, one thing a line."""
    but = but or Varying(frozenset(), frozenset(), frozenset())
    return [
        *(
            f"{kind} {name}"
            for kind, name in sorted(original.facts.keys() | edited.facts.keys())
            if (kind, name) not in but.facts
            and _definition(original, (kind, name)) != _definition(edited, (kind, name))
        ),
        *(
            f"rows of {name}"
            for name in sorted(original.tables.keys() | edited.tables.keys())
            if _rows(original, name, but) != _rows(edited, name, but)
        ),
        *(
            f"sequence {name}"
            for name, value in sorted(original.sequences.items())
            if name not in but.sequences and edited.sequences.get(name) != value
        ),
    ]


def _definition(state: State, key: tuple[str, str]) -> str | None:
    fact = state.facts.get(key)
    return fact and fact.definition


def _rows(state: State, name: str, but: Varying) -> tuple[list[str], Counter[tuple[str | None, ...]]] | None:
    """Return a table's columns in their order, and its rows without the values that vary."""
    table = state.tables.get(name)
    if table is None:
        return None
    columns = [column for column in table.shape.columns if (name, column) not in but.columns]
    return list(table.shape.columns), _values(table, columns)


def _values(table: Contents, columns: list[str]) -> Counter[tuple[str | None, ...]]:
    return Counter(table.project(columns) if set(columns) <= set(table.shape.columns) else ())
