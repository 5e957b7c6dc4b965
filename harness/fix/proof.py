"""Whether an edited ladder's cold boot comes to the same database as the original's, values that vary aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.replay.boots import DATABASE, blank, boot
from harness.replay.dump import dump as pg_dump
from harness.replay.state import take

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Ladder, Migration
    from harness.replay.apply import StatementError
    from harness.replay.contents import Contents
    from harness.replay.server import Server
    from harness.replay.state import State


@dataclass(frozen=True)
class Varying:
    """What two cold boots of one ladder do not have in common."""

    facts: frozenset[tuple[str, str]]
    columns: frozenset[tuple[str, str]]
    """By table and column."""
    sequences: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.facts or self.columns or self.sequences)


def cold(server: Server, ladder: Ladder, setup: Migration | None) -> State | StatementError:
    """Return what a cold boot comes to."""
    with blank(server, ladder, setup) as connection:
        error, _ = boot(connection, ladder)
        return error or fresh(server, connection)


def dump(server: Server, ladder: Ladder, setup: Migration | None, *, rows: bool) -> list[str]:
    """Return what pg_dump writes of a cold boot; nothing where there is no pg_dump of the server's version.

    `rows` is whether the data is wanted, too.
    """
    with blank(server, ladder, setup) as connection:
        boot(connection, ladder)
        connection.close()
        return pg_dump(server, DATABASE, *(() if rows else ("--schema-only",)))


def fresh(server: Server, connection: Connection[TupleRow]) -> State:
    """Take the state as another session sees it, with settings of its own."""
    connection.close()
    with server.connect(DATABASE) as other:
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
