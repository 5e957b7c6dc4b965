"""Puts a few rows into every table, parents first, so that a boot shows what it does to live data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.replay.canary import catalog
from harness.replay.canary.insert import Refusal, insert
from harness.replay.canary.model import Filled, Filling, Unfilled
from harness.replay.canary.order import parents_first
from harness.replay.canary.query import quote
from harness.replay.canary.sources import sources

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    from harness.replay.canary.model import Table
    from harness.replay.canary.sources import Values

_ROUNDS = 3
_SETTINGS = "SET LOCAL statement_timeout = '2s'; SET LOCAL lock_timeout = '1s'; SET CONSTRAINTS ALL IMMEDIATE"


def fill(connection: psycopg.Connection[TupleRow], *, rows: int = 3) -> Filling:
    """Add up to `rows` canary rows to every table of the database, all in one transaction.

    The rows satisfy what the tables ask of them; texts say `canary`, the table, the column and the row's number.
    A table that ends up without any row is named with the reason. Views, partitions (their parents get the rows)
    and the tables of extensions are left alone. The connection is in autocommit mode.
    """
    with connection.transaction():
        connection.execute(_SETTINGS)
        return _Canary(connection).fill(rows)


class _Canary:
    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self._connection = connection
        self._tables = {table.oid: table for table in catalog.read(connection)}
        self._names = {oid: f"{quote(t.schema)}.{quote(t.name)}" for oid, t in self._tables.items()}
        self._added = dict.fromkeys(self._tables, 0)
        self._reasons: dict[int, str] = {}

    def fill(self, rows: int) -> Filling:
        """Go over the tables, and again over those that took no row as long as others came in between."""
        waiting = parents_first(self._tables.values())
        for _ in range(_ROUNDS):
            before = len(waiting)
            waiting = [table for table in waiting if not self._fill(table, rows)]
            if not waiting or len(waiting) == before:
                break
        empty = {table.oid for table in waiting if self._is_empty(table.oid)}
        filled = (Filled(str(table), self._added[oid]) for oid, table in self._tables.items() if oid not in empty)
        unfilled = (Unfilled(str(self._tables[oid]), self._reasons[oid]) for oid in self._tables if oid in empty)
        return Filling(tuple(filled), tuple(unfilled))

    def _fill(self, table: Table, rows: int) -> bool:
        """Add rows, as many as the table takes; say whether it took any."""
        self._reasons[table.oid] = _hopeless(table)
        taken: list[Values] = []
        made_up = self._lacking(table)
        while not self._reasons[table.oid] and len(taken) < rows:
            row = self._insert(table, taken, made_up)
            if not isinstance(row, Refusal):
                taken.append(row)
            elif more := self._makers(table, row) - made_up:
                made_up |= more
            else:
                self._reasons[table.oid] = self._reason(table, row)
        self._added[table.oid] = len(taken)
        return bool(taken)

    def _insert(self, table: Table, taken: list[Values], made_up: frozenset[int]) -> Values | Refusal:
        empty = not taken and self._is_empty(table.oid)
        found = sources(self._connection, table, self._names, taken, made_up=made_up, empty=empty)
        return insert(self._connection, table, found, len(taken) + 1)

    def _lacking(self, table: Table) -> frozenset[int]:
        """Return the parents that a row needs and that have no row; a trigger may add one."""
        needed = {key.parent for key in table.foreign_keys if not table.may_lack(key)} - {table.oid}
        return frozenset(parent for parent in needed if self._is_empty(parent))

    def _makers(self, table: Table, refusal: Refusal) -> frozenset[int]:
        """Return the parents whose rows a trigger wants to add by itself, going by where it was refused."""
        parents = {key.parent for key in table.foreign_keys} - {table.oid}
        meant = {parent for parent in parents if str(self._tables[parent]) == refusal.elsewhere}
        return frozenset(meant or parents) if refusal.elsewhere else frozenset()

    def _reason(self, table: Table, refusal: Refusal) -> str:
        lacking = sorted(str(self._tables[parent]) for parent in self._lacking(table))
        return f"it needs a row in {lacking[0]}, which has none" if lacking else refusal.reason

    def _is_empty(self, oid: int) -> bool:
        row = self._connection.execute(f"SELECT FROM {self._names[oid]} LIMIT 1".encode())  # noqa: S608 - quoted
        return row.rowcount == 0


def _hopeless(table: Table) -> str:
    """Return why no row can be added to a table, whatever its values; empty for most tables."""
    if table.kind == "f":
        return "it is a foreign table"
    return "it has no partition" if table.kind == "p" and not table.partitions else ""
