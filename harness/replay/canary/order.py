"""The order in which tables are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from harness.replay.canary.model import Table


def parents_first(tables: Iterable[Table]) -> list[Table]:
    """Return the tables so that each comes after the parents of its foreign keys.

    In a cycle a foreign key that may be NULL is passed over; where none may be, the order given stands.
    """
    waiting = {table.oid: table for table in tables}
    ordered: list[Table] = []
    while waiting:
        ready = (
            [table for table in waiting.values() if not _parents(table) & waiting.keys()]
            or [table for table in waiting.values() if not _needed(table) & waiting.keys()][:1]
            or list(waiting.values())[:1]
        )
        ordered += ready
        for table in ready:
            del waiting[table.oid]
    return ordered


def _parents(table: Table) -> set[int]:
    return {key.parent for key in table.foreign_keys} - {table.oid}


def _needed(table: Table) -> set[int]:
    return {key.parent for key in table.foreign_keys if not table.may_lack(key)} - {table.oid}


def circle(table: int, needed: Mapping[int, Collection[int]]) -> list[int]:
    """Return the tables that need a table and are needed by it, itself among them; none when nothing does.

    `needed` has, for each table, those that it needs directly; tables are given by their oids.
    """
    reached = _reached(table, needed)
    return sorted(other for other in reached if table in _reached(other, needed)) if table in reached else []


def _reached(table: int, needed: Mapping[int, Collection[int]]) -> set[int]:
    reached: set[int] = set()
    ahead = [table]
    while ahead:
        further = set(needed.get(ahead.pop(), ())) - reached
        reached |= further
        ahead += further
    return reached
