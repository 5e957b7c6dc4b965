"""Watches a boot for what is known to change in it, and finds the statement behind each change.

Most statements of a warm boot write nothing. Those that did are found by the write-ahead log's position and the
sequences' values; after them, only what an earlier boot from the same state has changed is looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg.pq import TransactionStatus

from harness.replay import catalog, contents
from harness.replay.contents import differ
from harness.replay.model import Place, Rewrite
from harness.replay.state import facts, observing, sequences

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration, Statement
    from harness.replay.state import State

_PULSE = """
SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.int8,
       (SELECT pg_catalog.sum(pg_catalog.pg_sequence_last_value(oid)) FROM pg_catalog.pg_class WHERE relkind = 'S')
"""
# Rows written in this transaction so far, also by statements that failed. What is created anew counts, too.
_COUNTS = """
SELECT relnamespace = 'pg_catalog'::regnamespace, relname::text, oid::bigint, count FROM (
    SELECT relname, relnamespace, oid, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                                       + pg_stat_get_xact_tuples_deleted(oid) AS count
    FROM pg_class WHERE relkind IN ('r', 'm')
) counted WHERE count > 0
"""


_SHAPES = frozenset(("pg_class", "pg_attribute", "pg_index"))
"""The catalogs that say what tables there are, and of which columns and keys."""


class Targets(NamedTuple):
    """What to look for: names of facts by kind, and tables."""

    facts: dict[str, set[str]]
    tables: Collection[str]


class _Pulse(NamedTuple):
    wal: int
    """Bytes ever written to the log."""
    sequences: int | None


class _Touched(NamedTuple):
    catalogs: Collection[str]
    """The system's, by name."""
    tables: set[int]
    """Others, by oid."""


def wal_position(connection: Connection[TupleRow]) -> int:
    """Return how many bytes the server has ever written to its log."""
    return _pulse(connection).wal


class Watcher:
    """What each statement of one boot did to the targets; for `harness.replay.attempt`."""

    def __init__(self, connection: Connection[TupleRow], before: State, targets: Targets) -> None:
        self.facts: dict[tuple[str, str], Place] = {}
        """The last statement that changed an object of the schema, by kind and name."""
        self.dropped: dict[tuple[str, str], Place] = {}
        """The last statement after which an object was gone."""
        self.rows: dict[tuple[str, str], Place] = {}
        """The last statement that added, removed or changed rows of a table, by table and one of these words."""
        self.moved: dict[str, Place] = {}
        """The last statement that moved a sequence."""
        self.rewrites: list[Rewrite] = []
        self._connection = connection
        self._targets = targets
        self._facts = {key: fact for key, fact in before.facts.items() if key[1] in targets.facts.get(key[0], ())}
        self._tables = {name: before.tables[name] for name in targets.tables if name in before.tables}
        self._sequences = before.sequences
        self._counts: dict[int, int] = {}
        self._last = _pulse(connection)

    def passed(self, migration: Migration, statement: Statement) -> None:
        """Find out what the statement did, if it wrote at all."""
        pulse = _pulse(self._connection)
        if pulse == self._last:
            return
        place = Place(str(migration.path), statement.line, statement.number)
        outside = self._connection.info.transaction_status == TransactionStatus.IDLE
        with observing(self._connection):
            touched = None if outside else self._touched()
            self._look_at_schema(catalog.KINDS if touched is None else catalog.kinds_of(touched.catalogs), place)
            self._look_at_rows(touched, place, pulse.wal - self._last.wal)
            if pulse.sequences != self._last.sequences:
                self._look_at_sequences(place)
        self._last = pulse

    def failed(self) -> None:
        """Take the numbers that the statement burnt for granted."""
        pulse = _pulse(self._connection)
        if pulse.sequences != self._last.sequences:
            with observing(self._connection):
                self._sequences = sequences(self._connection)
        self._last = pulse

    def _touched(self) -> _Touched:
        """Return what Postgres has counted writes to since the last look."""
        counts = self._connection.execute(_COUNTS).fetchall()
        changed = [row for row in counts if self._counts.get(row[2]) != row[3]]
        self._counts = {oid: count for _, _, oid, count in counts}
        catalogs = {name for is_catalog, name, _, _ in changed if is_catalog}
        return _Touched(catalogs, {oid for is_catalog, _, oid, _ in changed if not is_catalog})

    def _look_at_schema(self, kinds: Collection[str], place: Place) -> None:
        wanted = {kind: names for kind, names in self._targets.facts.items() if kind in kinds}
        if not wanted:
            return
        now = facts(self._connection, wanted)
        for key in [key for key in self._facts if key[0] in wanted and key not in now]:
            del self._facts[key]
            self.facts[key] = self.dropped[key] = place
        for key, fact in now.items():
            if self._facts.get(key) != fact:
                self._facts[key] = fact
                self.facts[key] = place

    def _look_at_rows(self, touched: _Touched | None, place: Place, wal: int) -> None:
        """Read the target tables again that were touched (None: by whatever), or are others than before."""
        if not self._may_concern(touched):
            return
        shapes = contents.shapes(self._connection, self._targets.tables)
        same = {name: table.shape for name, table in self._tables.items()}
        stale = [
            shape
            for name, shape in shapes.items()
            if touched is None or shape.oid in touched.tables or shape != same.get(name)
        ]
        for name, table in contents.read(self._connection, stale).items():
            old = self._tables.get(name)
            if old is not None and old.shape.oid == table.shape.oid:
                self._compare(old, table, place, wal)
            self._tables[name] = table

    def _may_concern(self, touched: _Touched | None) -> bool:
        """Whether a target table can have other rows, or be another table, than before."""
        if not self._targets.tables or touched is None:
            return bool(self._targets.tables)
        known = {table.shape.oid for table in self._tables.values()}
        return bool(touched.tables & known) or not _SHAPES.isdisjoint(touched.catalogs)

    def _compare(self, old: contents.Contents, now: contents.Contents, place: Place, wal: int) -> None:
        name = now.shape.name
        found = differ(old, now)
        words = {"added": found.added, "removed": found.removed, "changed": found.changed_rows}
        self.rows |= {(name, word): place for word, count in words.items() if count}
        rows = contents.rewritten(old, now)
        if not found and rows and old.shape.columns == now.shape.columns:
            self.rewrites.append(Rewrite(name, rows, place, wal))

    def _look_at_sequences(self, place: Place) -> None:
        now = sequences(self._connection)
        self.moved |= {name: place for name, value in now.items() if self._sequences.get(name, value) != value}
        self._sequences = now


def _pulse(connection: Connection[TupleRow]) -> _Pulse:
    return _Pulse(*connection.execute(_PULSE).fetchall()[0])
