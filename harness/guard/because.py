"""Which later statement takes away what an earlier one needs at the next boot."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.diagnose.messages import complaint
from harness.simulator.catalog.objects import Constraint, Index, Object, Relation

if TYPE_CHECKING:
    from harness.simulator import Simulation, Verdict

_GONE = ("42703", "42P01", "42704", "42P10", "42830", "3F000")
_KEYS = ("42P10", "42830")
_COLUMN = re.compile(r'column "?(?P<name>[^" ]+)"?')
_QUOTED = re.compile(r'"([^"]+)"')


class Losses:
    """What the first boot's statements took away, by name: dropped, renamed, or moved to another schema."""

    def __init__(self, simulation: Simulation) -> None:
        self._places = {id(verdict): number for number, verdict in enumerate(simulation.verdicts)}
        self._by_name: defaultdict[tuple[str, str], list[Verdict]] = defaultdict(list)
        tables: dict[int, str] = {}
        for verdict in simulation.verdicts:
            tables |= {each.oid: each.name for _, each in verdict.cold if isinstance(each, Relation)}
            for kind, name in _losses(verdict, tables):
                self._by_name[kind, name].append(verdict)

    def culprit(self, verdict: Verdict) -> Verdict | None:
        """Return the last statement after this one that took away what its error names; None when none did."""
        if verdict.sqlstate not in _GONE:
            return None
        kind, name = _wanted(verdict)
        found = self._by_name.get((kind, name), ())
        here = self._places[id(verdict)]
        return next((each for each in reversed(found) if self._places[id(each)] > here), None)


def _wanted(verdict: Verdict) -> tuple[str, str]:
    """Return kind and name of what is missing: for ON CONFLICT the table whose keys were replaced."""
    said = complaint(verdict.message)
    if verdict.sqlstate in _KEYS:
        relation = getattr(verdict.node, "relation", None)
        return "key", (said.table if said else "") or (relation.relname if relation is not None else "")
    if verdict.sqlstate == "42703":
        column = _COLUMN.search(verdict.message)
        return "column", column["name"].rpartition(".")[2] if column else ""
    named = _QUOTED.search(verdict.message)
    return "object", named[1].rpartition(".")[2] if named else ""


def _losses(verdict: Verdict, tables: dict[int, str]) -> Iterator[tuple[str, str]]:
    for before, after in verdict.cold:
        if before is None:
            continue
        if after is None or after.name != before.name or _schema(after) != _schema(before):
            yield "object", before.name
        if isinstance(before, Relation):
            yield from _lost_columns(before, after)
        if isinstance(before, Index) and before.is_unique and after is None:
            yield "key", tables.get(before.table, "")
        if isinstance(before, Constraint) and after is None:
            yield "key", tables.get(before.owner, "")


def _lost_columns(before: Relation, after: Object | None) -> Iterator[tuple[str, str]]:
    kept = {column.name for column in after.columns} if isinstance(after, Relation) else set()
    for column in before.columns:
        if column.name not in kept:
            yield "column", column.name


def _schema(object_: Object) -> object:
    return getattr(object_, "schema", None)
