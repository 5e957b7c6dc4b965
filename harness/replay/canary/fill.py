"""Puts a few rows into every table, parents first, so that a boot shows what it does to live data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.replay.canary import catalog
from harness.replay.canary.insert import Inserter, Refusal
from harness.replay.canary.model import Filled, Filling, Unfilled
from harness.replay.canary.order import circle, parents_first
from harness.replay.canary.sources import Terms

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    from harness.replay.canary.model import Table
    from harness.replay.canary.sources import Values

_ROUNDS = 5
_MAKERS = 3
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
        self._inserter = Inserter(connection, self._tables)
        self._added = dict.fromkeys(self._tables, 0)
        self._reasons: dict[int, str] = {}

    def fill(self, rows: int) -> Filling:
        """Go over the tables, and again over those that took no row as long as others came in between."""
        waiting = parents_first(self._tables.values())
        for _ in range(_ROUNDS):
            before = len(waiting)
            waiting = [table for table in waiting if not self._fill(table, rows)]
            waiting = self._without_circles(waiting, rows)
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
        while not self._reasons[table.oid] and len(taken) < rows:
            row = self._insert(table, taken, self._lacking(table))
            if isinstance(row, Refusal):
                self._reasons[table.oid] = self._reason(table, row)
            else:
                taken.append(row)
        self._added[table.oid] = len(taken)
        return bool(taken)

    def _insert(self, table: Table, taken: list[Values], made_up: frozenset[int]) -> Values | Refusal:
        """Add one row; where it is refused for the sake of a parent, leave that parent's row to a trigger."""
        alone = not taken and self._is_empty(table.oid)
        row = self._inserter.insert(table, len(taken) + 1, Terms(taken, made_up, alone))
        makers = row.makers if isinstance(row, Refusal) and len(made_up) < _MAKERS else ()
        for maker in makers:
            if maker not in made_up:
                another = self._insert(table, taken, made_up | {maker})
                if not isinstance(another, Refusal):
                    return another
        return row

    def _without_circles(self, waiting: list[Table], rows: int) -> list[Table]:
        """Fill the tables that need each other, and return the others."""
        lacking = {table.oid: self._lacking(table) for table in waiting}
        left = dict.fromkeys(lacking)
        for oid in lacking:
            members = [self._tables[member] for member in circle(oid, lacking)] if oid in left else []
            added = 0
            while members and added < rows:
                refusal = self._inserter.together(members, added + 1)
                if refusal:
                    self._reasons |= dict.fromkeys((m.oid for m in members), refusal.reason)
                    break
                added += 1
            for member in members if added else ():
                self._added[member.oid] = added
                left.pop(member.oid, None)
        return [self._tables[oid] for oid in left]

    def _lacking(self, table: Table) -> frozenset[int]:
        """Return the parents that a row needs and that have no row; a trigger may add one."""
        needed = {key.parent for key in table.foreign_keys if not table.may_lack(key)} - {table.oid}
        return frozenset(parent for parent in needed if self._is_empty(parent))

    def _reason(self, table: Table, refusal: Refusal) -> str:
        lacking = sorted(str(self._tables[parent]) for parent in self._lacking(table))
        return f"it needs a row in {lacking[0]}, which has none" if lacking else refusal.reason

    def _is_empty(self, oid: int) -> bool:
        return self._connection.execute(f"SELECT FROM {self._tables[oid].quoted} LIMIT 1".encode()).rowcount == 0


def _hopeless(table: Table) -> str:
    """Return why no row can be added to a table, whatever its values; empty for most tables."""
    if table.kind == "f":
        return "it is a foreign table"
    return "it has no partition" if table.kind == "p" and not table.partitions else ""
