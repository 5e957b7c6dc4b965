"""The state of a database as a session sees it, uncommitted work included, read without a trace in that session."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from psycopg.pq import TransactionStatus

from harness.replay import catalog, contents
from harness.replay.apply import command
from harness.replay.catalog import PINNED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.replay.contents import Contents

Facts = dict[tuple[str, str], "Fact"]

_SELF = "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE;"
_SEQUENCES = f"""
WITH spaces AS ({catalog.USER_SCHEMAS})
SELECT format('%I.%I', n.nspname, c.relname), coalesce(pg_sequence_last_value(c.oid), 0)
FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace WHERE c.relkind = 'S' ORDER BY 1
"""


class Fact(NamedTuple):
    """What the catalog says of one object; see harness.replay.catalog."""

    definition: str
    identity: str | None


@dataclass(slots=True)
class State:
    """Schema, sequences, and the rows of some tables; facts are by kind and name, the rest by name."""

    facts: Facts
    tables: dict[str, Contents]
    sequences: dict[str, int]


def take(connection: Connection[TupleRow], tables: Collection[str] | None = None) -> State:
    """Read the schema, the sequences and the rows of those tables (None: of all), at one moment."""
    with observing(connection):
        found = contents.read(connection, contents.shapes(connection, tables).values())
        return State(facts(connection), found, sequences(connection))


def fingerprints(connection: Connection[TupleRow]) -> dict[str, tuple[object, ...]]:
    """Return what tells whether a table, or who wrote its rows, has changed, for each that holds rows."""
    with observing(connection):
        return dict(contents.fingerprints(connection))


@contextmanager
def observing(connection: Connection[TupleRow]) -> Iterator[None]:
    """Read as the session's own user with `PINNED` settings; afterwards the session is as it was.

    Inside of a transaction a savepoint takes the settings back (postgresql.org/docs/current/sql-set.html), outside
    of one a transaction does.
    """
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ;" if idle else "SAVEPOINT bootsmoke_look;"
    command(connection, f"{begin} {_SELF} {PINNED}")
    try:
        yield
    finally:
        end = "ROLLBACK" if idle else "ROLLBACK TO SAVEPOINT bootsmoke_look; RELEASE SAVEPOINT bootsmoke_look"
        command(connection, end)


def facts(connection: Connection[TupleRow], wanted: Mapping[str, Collection[str]] | None = None) -> Facts:
    """Return all facts, or those of some kinds and names."""
    rows = connection.execute(catalog.query(wanted).encode()).fetchall()
    return {(kind, name): Fact(definition or "", identity) for kind, name, definition, identity in rows}


def sequences(connection: Connection[TupleRow]) -> dict[str, int]:
    """Return the last value of each sequence, 0 for one that was never asked."""
    return dict(connection.execute(_SEQUENCES.encode()).fetchall())
