"""Watches a boot statement by statement, and knows afterwards which statement did what.

Most statements of a warm boot write nothing. Those that did are found by the write-ahead log's position and the
sequences' values; only after them, the tables and catalogs that Postgres has counted writes to are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg.pq import TransactionStatus

from harness.replay import catalog, contents
from harness.replay.contents import differ
from harness.replay.model import Place, Write
from harness.replay.state import State, facts, observing, sequences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration, Statement
    from harness.replay.contents import Shape

_PULSE = """
SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.int8,
       (SELECT pg_catalog.sum(pg_catalog.pg_sequence_last_value(oid)) FROM pg_catalog.pg_class WHERE relkind = 'S')
"""
_COUNTS = """
SELECT relname::text, relnamespace = 'pg_catalog'::regnamespace, oid::bigint, count FROM (
    SELECT relname, relnamespace, oid, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                                       + pg_stat_get_xact_tuples_deleted(oid) AS count
    FROM pg_class WHERE relkind IN ('r', 'm')
) counted WHERE count > 0
"""


class _Pulse(NamedTuple):
    wal: int
    """Bytes ever written to the log."""
    sequences: int | None


class _Touched(NamedTuple):
    catalogs: set[str]
    tables: set[int]
    """By oid."""


def wal_position(connection: Connection[TupleRow]) -> int:
    """Return how many bytes the server has ever written to its log."""
    return _pulse(connection).wal


class Watcher:
    """What each statement of one boot did; for `harness.replay.attempt`."""

    def __init__(self, connection: Connection[TupleRow], before: State) -> None:
        self.facts: dict[tuple[str, str], Place] = {}
        """The last statement that changed an object of the schema, by kind and name."""
        self.dropped: dict[tuple[str, str], Place] = {}
        """The last statement after which an object was gone."""
        self.rows: dict[tuple[str, str], Place] = {}
        """The last statement that added, removed or changed rows of a table, by table and one of these words."""
        self.moved: dict[str, Place] = {}
        """The last statement that moved a sequence."""
        self.writes: list[Write] = []
        self._connection = connection
        self._state = State(dict(before.facts), dict(before.tables), dict(before.sequences))
        self._counts: dict[int, int] = {}
        self._last = _pulse(self._connection)

    def passed(self, migration: Migration, statement: Statement) -> None:
        """Find out what the statement did, if it wrote at all."""
        pulse = _pulse(self._connection)
        if pulse == self._last:
            return
        place = Place(str(migration.path), statement.line, statement.number)
        outside = self._connection.info.transaction_status == TransactionStatus.IDLE
        with observing(self._connection):
            touched = self._everything() if outside else self._touched()
            self._look_at_schema(catalog.kinds_of(touched.catalogs), place)
            self._look_at_rows(touched, place, pulse.wal - self._last.wal)
            self._look_at_sequences(place)
        self._last = _pulse(self._connection)

    def failed(self) -> None:
        """Take the numbers that the statement burnt for granted."""
        pulse = _pulse(self._connection)
        if pulse.sequences != self._last.sequences:
            with observing(self._connection):
                self._state.sequences = sequences(self._connection)
        self._last = pulse

    def _touched(self) -> _Touched:
        """Return what Postgres has counted writes to since the last look, failed statements included."""
        counts = self._connection.execute(_COUNTS).fetchall()
        changed = [row for row in counts if self._counts.get(row[2]) != row[3]]
        self._counts = {oid: count for _, _, oid, count in counts}
        catalogs = {name for name, is_catalog, _, _ in changed if is_catalog}
        return _Touched(catalogs, {oid for _, is_catalog, oid, _ in changed if not is_catalog})

    def _everything(self) -> _Touched:
        """Return all there is: counts are those of a transaction, and the statement ran outside of any."""
        self._counts = {}
        return _Touched(set(catalog.CATALOGS), {table.shape.oid for table in self._state.tables.values()})

    def _look_at_schema(self, kinds: Iterable[str], place: Place) -> None:
        kinds = frozenset(kinds)
        if not kinds:
            return
        old, now = self._state.facts, facts(self._connection, kinds)
        for key in [key for key in old if key[0] in kinds and key not in now]:
            del old[key]
            self.facts[key] = self.dropped[key] = place
        for key, fact in now.items():
            if old.get(key) != fact:
                old[key] = fact
                self.facts[key] = place

    def _look_at_rows(self, touched: _Touched, place: Place, wal: int) -> None:
        old = self._state.tables
        shapes = contents.shapes(self._connection) if touched.catalogs else {n: t.shape for n, t in old.items()}
        stale = [shape for shape in shapes.values() if shape.oid in touched.tables or self._is_new(shape)]
        now = contents.read(self._connection, stale)
        for name, table in now.items():
            if name in old and old[name].shape.oid == table.shape.oid:
                self._compare(name, old[name], table, place, wal)
        self._state.tables = {name: now.get(name) or old[name] for name in shapes}

    def _is_new(self, shape: Shape) -> bool:
        known = self._state.tables.get(shape.name)
        return known is None or known.shape != shape

    def _compare(self, name: str, old: contents.Contents, now: contents.Contents, place: Place, wal: int) -> None:
        found = differ(old, now)
        words = {"added": found.added, "removed": found.removed, "changed": found.changed_rows}
        self.rows |= {(name, word): place for word, count in words.items() if count}
        if not found and old.shape.columns == now.shape.columns and old.rows:
            self.writes.append(Write(name, place, wal))

    def _look_at_sequences(self, place: Place) -> None:
        now = sequences(self._connection)
        old = self._state.sequences
        self.moved |= {name: place for name, value in now.items() if old.get(name, value) != value}
        self._state.sequences = now


def _pulse(connection: Connection[TupleRow]) -> _Pulse:
    return _Pulse(*connection.execute(_PULSE).fetchall()[0])
