"""A table's rows by the values of some columns or expressions: what a unique index and a foreign key look up.

It is made when it is first asked for and follows the rows from then on, so that a thousand INSERTs into one table
cost no more than a thousand look-ups.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Index, IndexKey, Relation, Row
from harness.simulator.execute import logic
from harness.simulator.execute.env import Env
from harness.simulator.execute.evaluate import as_bool
from harness.simulator.execute.stored import evaluate_stored
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

Values = Mapping[int, Value]

MAYBE = object()
"""In place of a key: it cannot be told, or not even whether the row has one."""


def fields_of(relation: Relation, values: Values) -> dict[str, Value]:
    """Return a row's values by column name; of a relation that was assumed, what is missing is not known."""
    if relation.is_assumed:
        return {column.name: values.get(column.number, UNKNOWN) for column in relation.columns}
    return {column.name: values.get(column.number) for column in relation.columns}


class Keyed:
    """The rows of one table under their keys."""

    def __init__(self, session: Session, relation: int, parts: tuple[IndexKey, ...], predicate: Any = None) -> None:
        self._session = session
        self._relation = relation
        self._parts = parts
        self._predicate = predicate
        self._is_plain = predicate is None and all(part.column for part in parts)
        self.nulls_not_distinct = False
        self._rows: dict[Hashable, dict[int, None]] = {}
        self._keys: dict[int, Hashable] = {}
        self.blurred: dict[int, None] = {}
        """Rows whose key cannot be told."""

    def key(self, values: Values) -> Hashable:
        """Return a row's key: None when it has none (a NULL, or it fails the predicate), MAYBE when unknown."""
        found = self.parts(values)
        if found is None or found is MAYBE:
            return found
        if any(value is None for value in found) and not self.nulls_not_distinct:
            return None
        return MAYBE if any(value is UNKNOWN for value in found) else tuple(map(logic.key_of, found))

    def parts(self, values: Values) -> Any:
        """Return the values that make a row's key; None or MAYBE as `key`."""
        if self._is_plain:
            return [values.get(part.column) for part in self._parts]
        relation = self._session.store.of(self._relation, Relation)
        env = Env(rows={relation.name: fields_of(relation, values)})
        if self._predicate is not None:
            met = as_bool(evaluate_stored(self._session, self._predicate, env))
            if met is not True:
                return MAYBE if met is UNKNOWN else None
        return [
            values.get(part.column) if part.column else evaluate_stored(self._session, part.expression, env)
            for part in self._parts
        ]

    def came(self, row: Row) -> None:
        """See `Watcher`."""
        key = self.key(row.values)
        self._keys[row.oid] = key
        if key is MAYBE:
            self.blurred[row.oid] = None
        elif key is not None:
            self._rows.setdefault(key, {})[row.oid] = None

    def went(self, row: Row) -> None:
        """See `Watcher`."""
        key = self._keys.pop(row.oid, None)
        if key is MAYBE:
            self.blurred.pop(row.oid, None)
        elif key is not None:
            rows = self._rows[key]
            rows.pop(row.oid, None)
            if not rows:
                del self._rows[key]

    def find(self, key: Hashable, but: int = 0) -> int | None:
        """Return the oldest row with a key, but for one."""
        return next((oid for oid in self._rows.get(key, ()) if oid != but), None)

    def all(self, key: Hashable) -> list[int]:
        """Return all rows with a key."""
        return list(self._rows.get(key, ()))

    def doubles(self) -> bool:
        """Whether two rows have the same key."""
        return any(len(rows) > 1 for rows in self._rows.values())


def of_index(session: Session, index: Index) -> Keyed:
    """Return the rows of an index's table under the index's keys."""
    cached = session.store.watcher(index.table, index.oid)
    if isinstance(cached, _OfIndex) and cached.index is index:
        return cached
    made = _OfIndex(session, index)
    for row in session.store.rows(index.table):
        made.came(row)
    session.store.watch(index.table, index.oid, made)
    return made


class _OfIndex(Keyed):
    def __init__(self, session: Session, index: Index) -> None:
        super().__init__(session, index.table, index.parts, index.predicate)
        self.index = index
        self.nulls_not_distinct = index.nulls_not_distinct


def of_columns(session: Session, table: int, columns: tuple[int, ...]) -> Keyed:
    """Return a table's rows under the values of some columns."""
    cached = session.store.watcher(table, columns)
    if isinstance(cached, Keyed):
        return cached
    made = Keyed(session, table, tuple(IndexKey(column) for column in columns))
    for row in session.store.rows(table):
        made.came(row)
    session.store.watch(table, columns, made)
    return made
