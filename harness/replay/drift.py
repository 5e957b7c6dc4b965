"""What a warm boot has changed, from the states before and after it, each change with the statement behind it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.replay.contents import Contents, Difference, differ, rewritten
from harness.replay.model import DataDrift, DataKind, SchemaDrift
from harness.replay.watch import Targets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from harness.replay.model import Place, Rewrite
    from harness.replay.state import State
    from harness.replay.watch import Watcher

_PARTS = ("column", "constraint", "trigger", "policy", "rule")
"""What comes and goes with its table, and is named after it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which statement did what; see `harness.replay.watch.Watcher`."""

    facts: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    dropped: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    moved: Mapping[str, Place] = field(default_factory=dict)


class Changes:
    """All that a boot has changed."""

    def __init__(self, before: State, after: State, live: Collection[str] | None = None) -> None:
        """Compare two states; `live` are the tables with rows that no boot makes, None for all.

        A table, or a column, that was made again with just what the ladder puts in is no copy of the former one.
        """
        self.before = before
        self.after = after
        self._live = live
        self.schema = schema_drift(before, after, Places())
        self.data = data_drift(before, after, Places(), live=live)
        self.rewritten = frozenset(_rewritten(before, after))
        """Tables of which rows were written anew and left as they were."""
        self.rewrites: list[Rewrite] = []

    def __bool__(self) -> bool:
        return bool(self.schema or self.data or self.rewritten)

    def targets(self) -> Targets:
        """Return what to watch in a boot from the same state."""
        facts: dict[str, set[str]] = {}
        for schema in self.schema:
            facts.setdefault(schema.kind, set()).add(schema.object)
        for data in self.data:
            if data.kind is DataKind.REMADE:
                kind = "column" if data.columns else "table"
                facts.setdefault(kind, set()).add(".".join((data.table, *data.columns)))
        tables = {data.table for data in self.data if data.kind is not DataKind.SEQUENCE}
        return Targets(facts, tables | self.rewritten)

    def traced(self, watcher: Watcher, *, twin: State, third: State) -> Changes:
        """Return the changes with the statements behind them.

        `twin` is what the watched boot came to, `third` what one more boot made of `after`. A sequence that only
        failing statements moved is not told.
        """
        places = Places(watcher.facts, watcher.dropped, watcher.rows, watcher.moved)
        told = Changes(self.before, self.after, self._live)
        schema = {_schema_key(drift) for drift in schema_drift(self.after, third, places)}
        data = {_data_key(drift) for drift in data_drift(self.after, third, places, live=())}
        told.schema = [
            replace(drift, again=_schema_key(drift) in schema)
            for drift in schema_drift(self.before, self.after, places)
        ]
        told.data = [
            replace(drift, again=_data_key(drift) in data)
            for drift in data_drift(self.before, self.after, places, twin, self._live)
            if drift.kind is not DataKind.SEQUENCE or drift.place
        ]
        told.rewrites = [rewrite for rewrite in watcher.rewrites if rewrite.table in self.rewritten]
        return told


def _schema_key(drift: SchemaDrift) -> tuple[str, str, bool, bool]:
    """Return what a drift has in common with the same one of a later boot; Postgres numbers names of its own."""
    return drift.kind, drift.object.rstrip("0123456789"), drift.before is None, drift.after is None


def _data_key(drift: DataDrift) -> tuple[DataKind, str]:
    """Return what a drift has in common with the same one of a later boot, where volatile values just change."""
    return DataKind.CHANGED if drift.kind is DataKind.VOLATILE else drift.kind, drift.table


def schema_drift(before: State, after: State, places: Places) -> list[SchemaDrift]:
    """Return what differs in the schema; a table that is new or gone speaks for its columns and constraints."""
    return [
        SchemaDrift(kind, name, was and was.definition, now and now.definition, places.facts.get((kind, name)))
        for kind, name in sorted(before.facts.keys() | after.facts.keys())
        if not _belongs_to_one_that_came_or_went(kind, name, before, after)
        for was, now in [(before.facts.get((kind, name)), after.facts.get((kind, name)))]
        if (was and was.definition) != (now and now.definition)
    ]


def data_drift(
    before: State, after: State, places: Places, twin: State | None = None, live: Collection[str] | None = None
) -> list[DataDrift]:
    """Return what became of rows and sequences.

    `twin` is what a second boot from the same state came to: a column whose values differ between the two is
    volatile. `live` is as for `Changes`.
    """
    drifts: list[DataDrift] = []
    for name in sorted(before.tables.keys() & after.tables.keys()):
        pair = before.tables[name], after.tables[name]
        vouched = live is None or name.replace('"', "") in live
        drifts += _Table(*pair, places, twin.tables.get(name) if twin else None, vouched=vouched).drifts()
    was, now = before.sequences, after.sequences
    return drifts + [
        DataDrift(DataKind.SEQUENCE, name, was[name], now[name], 0, (), places.moved.get(name))
        for name in sorted(was.keys() & now.keys())
        if was[name] != now[name]
    ]


def _rewritten(before: State, after: State) -> Iterator[str]:
    for name in before.tables.keys() & after.tables.keys():
        was, now = before.tables[name], after.tables[name]
        is_same = was.shape.oid == now.shape.oid and was.shape.columns == now.shape.columns
        if is_same and rewritten(was, now) and not differ(was, now):
            yield name


def _belongs_to_one_that_came_or_went(kind: str, name: str, before: State, after: State) -> bool:
    table = ("table", name.rpartition(".")[0])
    return kind in _PARTS and (table in before.facts) != (table in after.facts)


class _Table:
    """One table before and after the boot."""

    def __init__(
        self, was: Contents, now: Contents, places: Places, twin: Contents | None, *, vouched: bool
    ) -> None:
        self._name = was.shape.name
        self._was, self._now = was, now
        self._places = places
        self._twin = twin
        self._vouched = vouched
        """Whether rows that are still there prove that they were kept."""

    def drifts(self) -> Iterator[DataDrift]:
        """Yield everything that became of the table's rows."""
        if self._is_remade():
            yield self._drift(DataKind.REMADE, len(self._was.rows), self._place_of_drop("table", self._name))
            return
        remade = tuple(self._remade_columns())
        for column in remade:
            place = self._place_of_drop("column", f"{self._name}.{column}")
            yield self._drift(DataKind.REMADE, len(self._was.rows), place, (column,))
        found = differ(self._was, self._now, but=remade)
        for kind, count in ((DataKind.ADDED, found.added), (DataKind.REMOVED, found.removed)):
            if count:
                yield self._drift(kind, count, self._places.rows.get((self._name, kind)))
        yield from self._changes(found)

    def _changes(self, found: Difference) -> Iterator[DataDrift]:
        if found.unkeyed:
            yield self._drift(DataKind.CHANGED, found.unkeyed, self._changer())
        volatile = self._volatile(found)
        for kind, columns in (
            (DataKind.CHANGED, [name for name in found.changed if name not in volatile]),
            (DataKind.VOLATILE, [name for name in found.changed if name in volatile]),
        ):
            if columns:
                rows = len(frozenset[object]().union(*(found.changed[name] for name in columns)))
                yield self._drift(kind, rows, self._changer(), tuple(columns))

    def _changer(self) -> Place | None:
        """Return the statement that changed rows, or put others in their place."""
        words = ("changed", "added", "removed")
        return next((place for word in words if (place := self._places.rows.get((self._name, word)))), None)

    def _volatile(self, found: Difference) -> frozenset[str]:
        if self._twin is None or not found.changed:
            return frozenset()
        other = differ(self._now, self._twin).changed
        return frozenset(name for name, keys in found.changed.items() if keys & other.get(name, frozenset()))

    def _is_remade(self) -> bool:
        """Whether this is another table than before, and does not hold a copy of the rows."""
        is_other = self._was.shape.oid != self._now.shape.oid
        is_kept = self._vouched and bool(self._was.rows) and not differ(self._was, self._now)
        return is_other and not is_kept

    def _remade_columns(self) -> Iterator[str]:
        """Yield the columns that are others than before, and do not hold a copy of the values."""
        was, now = self._was.shape, self._now.shape
        if was.oid != now.oid:
            return
        numbers = dict(zip(now.columns, now.numbers, strict=True))
        for name, number in zip(was.columns, was.numbers, strict=True):
            if numbers.get(name, number) != number and self._is_lost(name):
                yield name

    def _is_lost(self, column: str) -> bool:
        others = [name for name in self._was.shape.columns if name != column]
        has_values = any(row != (None,) for row in self._was.project([column]))
        return not (self._vouched and has_values) or bool(differ(self._was, self._now, but=others))

    def _place_of_drop(self, kind: str, name: str) -> Place | None:
        return self._places.dropped.get((kind, name)) or self._places.facts.get((kind, name))

    def _drift(self, kind: DataKind, rows: int, place: Place | None, columns: tuple[str, ...] = ()) -> DataDrift:
        return DataDrift(kind, self._name, len(self._was.rows), len(self._now.rows), rows, columns, place)
