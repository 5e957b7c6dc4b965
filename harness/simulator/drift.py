"""What the second boot changes although every statement of it passes, and which statement does it.

The schema and the rows that the ladder itself made are compared before and after the boot. Rows that others put in
since the first boot are not known: for them `unseen` reads off an UPDATE, a DELETE or a TRUNCATE what it does to
any row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.definition import name_of
from harness.simulator.catalog.objects import Object, Relation, RelationKind, Row
from harness.simulator.catalog.portrait import Identity, identity, portrait, portray
from harness.simulator.model import Drift, DriftKind
from harness.simulator.unseen import unseen
from harness.simulator.values import Fresh

if TYPE_CHECKING:
    from harness.simulator.catalog.store import Store

Changes = tuple[tuple[Object | None, Object | None], ...]

_TABLES = frozenset({RelationKind.TABLE, RelationKind.PARTITIONED})


class Watch:
    """Looks on while a boot changes a store; made when the boot begins."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._before = portrait(store)
        self._identities = {each.oid: identity(store, each) for each in store.each(Object)}
        self._tables = {
            each.oid: each for each in store.each(Relation) if each.kind in _TABLES and not each.is_assumed
        }
        self._rows = {each.oid: each for each in store.each(Row)}
        self._standings = {oid: standing.last for oid, standing in store.sequences.items()}
        self._last: dict[Identity, int] = {}
        """Which statement was the last to touch an object."""
        self._wrote: dict[int, int] = {}
        """Which statement was the last to touch a row."""
        self._found: defaultdict[int, list[Drift]] = defaultdict(list)
        self._remade: set[Identity] = set()

    def saw(self, number: int, node: Any, changes: Changes) -> None:
        """Take note of what a statement changed; `number` is its place in the boot."""
        for before, after in changes:
            if isinstance(after or before, Row):
                self._wrote[(after or before).oid] = number  # type: ignore[union-attr]
                continue
            self._touch(number, before, after)
            if isinstance(before, Relation) and before.oid in self._tables:
                self._lost(number, self._tables[before.oid], after)
        for drift in unseen(node):
            relation = self._table(drift.object)
            if relation is not None:
                self._found[number].append(drift)
        self._sequences(number)

    def drifts(self) -> Mapping[int, tuple[Drift, ...]]:
        """Return what each statement leaves changed at the end of the boot."""
        self._schema()
        self._data()
        return {number: tuple(dict.fromkeys(found)) for number, found in self._found.items()}

    def _touch(self, number: int, before: Object | None, after: Object | None) -> None:
        for each in (before, after):
            if each is None:
                continue
            self._last[self._identities.get(each.oid) or identity(self._store, each)] = number
            for name, _ in portray(self._store, each):
                self._last[name] = number

    def _lost(self, number: int, was: Relation, now: Object | None) -> None:
        """Tell of a table, or of columns, that stood before the boot and are dropped in it."""
        name = self._identities[was.oid]
        if now is None:
            self._remade.add(name)
            self._found[number].append(Drift(DriftKind.TABLE_REMADE, name.name))
            return
        kept = {column.number for column in now.columns} if isinstance(now, Relation) else set()
        gone = [column for column in was.columns if column.number not in kept]
        for column in gone:
            if self._remade.isdisjoint({Identity("column", f"{name.name}.{column.name}")}):
                self._remade.add(Identity("column", f"{name.name}.{column.name}"))
                self._found[number].append(Drift(DriftKind.COLUMN_REMADE, name.name, columns=(column.name,)))

    def _table(self, name: str) -> Relation | None:
        """Return the table of this name, if it stood before the boot."""
        return next(
            (
                each
                for oid, each in self._tables.items()
                if self._identities[oid].name in (name, name.removeprefix("public."))
                or self._identities[oid].name.endswith(f".{name}")
            ),
            None,
        )

    def _sequences(self, number: int) -> None:
        for oid, standing in self._store.sequences.items():
            last = self._standings.get(oid)
            if last is not None and standing.last < last:
                name = name_of(self._store, oid)
                self._found[number].append(Drift(DriftKind.SEQUENCE_MOVED, name, f"from {last} to {standing.last}"))
            if last is not None:
                self._standings[oid] = standing.last

    def _schema(self) -> None:
        after = portrait(self._store)
        for name in dict.fromkeys((*self._before, *after)):
            before, now = self._before.get(name), after.get(name)
            number = self._last.get(name)
            if before == now or number is None or self._is_told(name):
                continue
            what = "is new" if before is None else "is gone" if now is None else "changes"
            self._found[number].append(Drift(DriftKind.SCHEMA_CHANGED, str(name), what))

    def _is_told(self, name: Identity) -> bool:
        """Whether an object belongs to a table or a column that is told of already."""
        return any(
            name == remade or name.name.startswith(f"{remade.name}.") or name.name.endswith(f" on {remade.name}")
            for remade in self._remade
        )

    def _data(self) -> None:
        now = {each.oid: each for each in self._store.each(Row)}
        tables = {oid: each for oid, each in self._tables.items() if self._store.get(oid) is not None}
        removed = defaultdict[int, list[Row]](list)
        added = defaultdict[int, list[Row]](list)
        for oid, row in self._rows.items():
            if oid not in now:
                removed[row.table].append(row)
            elif row.values is not now[oid].values:
                self._changed(row, now[oid])
        for oid, row in now.items():
            if oid not in self._rows:
                added[row.table].append(row)
        for table in tables.keys() & (removed.keys() | added.keys()):
            self._table_rows(table, removed[table], added[table])

    def _table_rows(self, table: int, removed: list[Row], added: list[Row]) -> None:
        """Tell of rows that are gone and of new ones, but for those that were only made again."""
        for row in list(removed):
            twin = next((each for each in added if _alike(row, each)), None)
            if twin is not None:
                removed.remove(row)
                added.remove(twin)
        name = self._identities[table].name
        for kind, rows in ((DriftKind.ROWS_REMOVED, removed), (DriftKind.ROWS_ADDED, added)):
            counts: defaultdict[int, int] = defaultdict(int)
            for row in rows:
                if row.oid in self._wrote:
                    counts[self._wrote[row.oid]] += 1
            for number, count in counts.items():
                self._found[number].append(Drift(kind, name, f"{count} row{'s' if count > 1 else ''}"))

    def _changed(self, before: Row, after: Row) -> None:
        relation = self._store.get(after.table)
        if not isinstance(relation, Relation) or after.oid not in self._wrote:
            return
        columns = tuple(column.name for column in relation.columns if _differs(before, after, column.number))
        if columns:
            drift = Drift(DriftKind.ROWS_CHANGED, self._identities[after.table].name, columns=columns)
            self._found[self._wrote[after.oid]].append(drift)


def _differs(before: Row, after: Row, number: int) -> bool:
    one, two = before.values.get(number), after.values.get(number)
    return one is not two and one != two and not (isinstance(one, Fresh) and isinstance(two, Fresh))


def _alike(one: Row, two: Row) -> bool:
    """Whether two rows say the same, but for values that every boot makes anew."""
    return not any(_differs(one, two, number) for number in one.values.keys() | two.values.keys())
