"""The store of a database's objects: found by key, followed by dependency, rolled back to a mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from harness.simulator.catalog.objects import Dependency, Key, Object, Ref, Row, Schema

_O = TypeVar("_O", bound=Object)


class Watcher(Protocol):
    """What is told of every change of a table's rows, and of every change that is undone."""

    def came(self, row: Row) -> None:
        """Take note of a row, or of a row's new version."""

    def went(self, row: Row) -> None:
        """Take note that a row, or its old version, is no more."""


@dataclass(slots=True)
class Standing:
    """Where a sequence stands: `last` was given out, if `is_called`."""

    last: int
    is_called: bool = False


@dataclass(slots=True)
class Store:
    """Objects by oid.

    A change is `put` (a new object, or one in place of that with its oid) or `remove`; both are written down, so
    that `rollback(mark())` undoes what came after a mark: a statement that is refused leaves nothing behind. What
    sequences have given out is not undone, as in Postgres.
    """

    schemas_changed: int = 0
    """How often a schema was made, changed or dropped: what is known of names by schema holds as long as this."""
    sequences: dict[int, Standing] = field(default_factory=dict)
    _objects: dict[int, Object] = field(default_factory=dict)
    _by_key: dict[Key, dict[int, None]] = field(default_factory=dict)
    _by_class: dict[type[Object], dict[int, None]] = field(default_factory=dict)
    _dependents: dict[int, dict[int, None]] = field(default_factory=dict)
    _journal: list[tuple[int, Object | None]] = field(default_factory=list)
    _watchers: dict[int, dict[object, Watcher]] = field(default_factory=dict)
    _last_oid: int = 16383
    """User objects have oids from 16384 on (FirstNormalObjectId)."""

    def new_oid(self) -> int:
        """Return an oid that nothing has had."""
        self._last_oid += 1
        return self._last_oid

    def put(self, object_: _O) -> _O:
        """Add an object, or replace the one with its oid."""
        self._journal.append((object_.oid, self._objects.get(object_.oid)))
        self._set(object_.oid, object_)
        return object_

    def remove(self, oid: int) -> None:
        """Take an object away, if it is there."""
        if oid in self._objects:
            self._journal.append((oid, self._objects[oid]))
            self._set(oid, None)

    def get(self, oid: int) -> Object | None:
        """Return the object with this oid."""
        return self._objects.get(oid)

    def of(self, oid: int, kind: type[_O]) -> _O:
        """Return the object with this oid, which has to be there and of this class."""
        found = self._objects[oid]
        assert isinstance(found, kind), f"{oid} is a {type(found).__name__}"  # noqa: S101 - an invariant
        return found

    def one(self, kind: type[_O], *key: object) -> _O | None:
        """Return the object under a key, if it is there and of this class."""
        for oid in self._by_key.get(key, ()):
            found = self._objects[oid]
            if isinstance(found, kind):
                return found
        return None

    def all(self, kind: type[_O], *key: object) -> list[_O]:
        """Return the objects of this class under a key, in the order in which they came."""
        found = (self._objects[oid] for oid in self._by_key.get(key, ()))
        return [each for each in found if isinstance(each, kind)]

    def each(self, kind: type[_O]) -> Iterator[_O]:
        """Yield all objects of a class, in the order in which they were made."""
        classes = [oids for class_, oids in self._by_class.items() if issubclass(class_, kind)]
        found = classes[0] if len(classes) == 1 else sorted(oid for oids in classes for oid in oids)
        return iter([self.of(oid, kind) for oid in found])

    def rows(self, table: int) -> list[Row]:
        """Return a table's rows, oldest first."""
        return self.all(Row, "rows", table)

    def watch(self, table: int, key: object, watcher: Watcher) -> None:
        """Tell a watcher of every change of a table's rows from now on, in place of the one with this key."""
        self._watchers.setdefault(table, {})[key] = watcher

    def watcher(self, table: int, key: object) -> Watcher | None:
        """Return the watcher with this key."""
        return self._watchers.get(table, {}).get(key)

    def dependents(self, ref: Ref) -> Iterator[tuple[Object, Dependency]]:
        """Yield what depends on an object or on any of its columns; on a column, when the ref names one."""
        for oid in list(self._dependents.get(ref.oid, ())):
            object_ = self._objects[oid]
            for dependency in object_.depends:
                if dependency.on.oid == ref.oid and ref.column in (0, dependency.on.column):
                    yield object_, dependency

    def mark(self) -> int:
        """Return a point in time to roll back to."""
        return len(self._journal)

    def rollback(self, mark: int) -> None:
        """Undo everything since the mark."""
        while len(self._journal) > mark:
            oid, before = self._journal.pop()
            self._set(oid, before)

    def changes(self, mark: int) -> dict[int, tuple[Object | None, Object | None]]:
        """Return what each object that was changed since the mark was, and is."""
        first: dict[int, Object | None] = {}
        for oid, before in self._journal[mark:]:
            first.setdefault(oid, before)
        pairs = {oid: (before, self._objects.get(oid)) for oid, before in first.items()}
        return {oid: pair for oid, pair in pairs.items() if pair[0] != pair[1]}

    def _set(self, oid: int, object_: Object | None) -> None:
        before = self._objects.pop(oid, None) if object_ is None else self._objects.get(oid)
        if type(before) is not type(object_):
            self._file(oid, before, object_)
        old_keys = () if before is None else before.keys()
        new_keys = () if object_ is None else object_.keys()
        if old_keys != new_keys:
            for key in old_keys:
                self._by_key[key].pop(oid, None)
            for key in new_keys:
                self._by_key.setdefault(key, {})[oid] = None
        old_depends = frozenset() if before is None else before.depends
        new_depends = frozenset() if object_ is None else object_.depends
        if old_depends != new_depends:
            for dependency in old_depends:
                self._dependents[dependency.on.oid].pop(oid, None)
            for dependency in new_depends:
                self._dependents.setdefault(dependency.on.oid, {})[oid] = None
        if object_ is not None:
            self._objects[oid] = object_
        if isinstance(before or object_, Schema):
            self.schemas_changed += 1
        self._tell(before, object_)

    def _file(self, oid: int, before: Object | None, after: Object | None) -> None:
        """Keep the objects of each class together."""
        if before is not None:
            del self._by_class[type(before)][oid]
        if after is not None:
            self._by_class.setdefault(type(after), {})[oid] = None

    def _tell(self, before: Object | None, after: Object | None) -> None:
        if isinstance(before, Row):
            for watcher in self._watchers.get(before.table, {}).values():
                watcher.went(before)
        if isinstance(after, Row):
            for watcher in self._watchers.get(after.table, {}).values():
                watcher.came(after)
