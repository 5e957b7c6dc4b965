"""Takes objects away together with what depends on them (src/backend/catalog/dependency.c)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.describe import describe
from harness.simulator.catalog.objects import Bond, Dependency, Fact, Object, Ref, Relation, RelationKind
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.session import Session

_WITH_COLUMNS = frozenset(
    (RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.FOREIGN, RelationKind.COMPOSITE)
)
"""Relations that can lose a column; the others go as a whole."""
_OWNED = frozenset((Bond.INTERNAL, Bond.PARTITION))


def drop(session: Session, refs: Sequence[Ref], *, cascade: bool = False) -> None:
    """Remove objects and columns, what is a part of them, and with `cascade` what depends on them.

    Refused (2BP01) when one of them is a part of something else, or something else needs it without `cascade`.
    """
    search = _Search(session, refs)
    search.run()
    if not cascade:
        search.refuse()
    remove(session, list(search.found))


def remove(session: Session, refs: Sequence[Ref]) -> None:
    """Remove exactly these objects and columns, with their rows and what is said of them."""
    store = session.store
    whole = {ref.oid for ref in refs if not ref.column}
    for ref in refs:
        if ref.column and ref.oid not in whole:
            _remove_column(session, ref)
    for oid in whole:
        for fact in store.all(Fact, "facts", oid):
            store.remove(fact.oid)
        for row in store.rows(oid):
            store.remove(row.oid)
        store.remove(oid)


def _remove_column(session: Session, ref: Ref) -> None:
    store = session.store
    for fact in store.all(Fact, "facts", ref.oid):
        if fact.about.column == ref.column:
            store.remove(fact.oid)
    relation = store.of(ref.oid, Relation)
    columns = tuple(column for column in relation.columns if column.number != ref.column)
    depends = frozenset(dependency for dependency in relation.depends if dependency.of != ref.column)
    store.put(replace(relation, columns=columns, depends=depends))


@dataclass(slots=True)
class _Search:
    """What goes along with some objects."""

    session: Session
    wanted: Sequence[Ref]
    found: dict[Ref, bool] = field(default_factory=dict)
    """What goes; True for what is wanted itself, or needs no CASCADE."""

    def run(self) -> None:
        self.found = dict.fromkeys(self.wanted, True)
        for ref in self.wanted:
            self._refuse_part(ref)
        waiting = list(self.wanted)
        while waiting:
            for ref, is_free in self._next(waiting.pop()):
                if ref not in self.found:
                    self.found[ref] = is_free
                    waiting.append(ref)
                elif is_free:
                    self.found[ref] = True

    def refuse(self) -> None:
        """Raise 2BP01 when something goes that nobody asked for."""
        blocked = [ref for ref, is_free in self.found.items() if not is_free and not self._is_covered(ref)]
        if not blocked:
            return
        about = [each.name for ref in (*self.wanted, *blocked) if (each := self.session.store.get(ref.oid))]
        if len(self.wanted) > 1:
            raise Refused("2BP01", "cannot drop desired object(s) because other objects depend on them", *about)
        what = describe(self.session, self.wanted[0])
        raise Refused("2BP01", f"cannot drop {what} because other objects depend on it", *about)

    def _is_covered(self, ref: Ref) -> bool:
        """Whether a column goes with its table anyway."""
        return bool(ref.column) and Ref(ref.oid) in self.found

    def _next(self, ref: Ref) -> Iterator[tuple[Ref, bool]]:
        """Yield what depends directly on an object or column, and whether it goes without CASCADE."""
        for object_, dependency in self.session.store.dependents(ref):
            if object_.oid == ref.oid and not (ref.column and dependency.of):
                continue
            is_free = dependency.bond is not Bond.NORMAL
            owner = self._owner(object_, dependency)
            if owner is not None:
                yield owner, is_free
            else:
                yield _part(object_, dependency), is_free

    def _owner(self, object_: Object, reached: Dependency) -> Ref | None:
        """Return what an object is a part of, when it was reached by another way: that goes with it."""
        if reached.bond is Bond.INTERNAL:
            return None
        return next((each.on for each in object_.depends if each.bond is Bond.INTERNAL and not each.of), None)

    def _refuse_part(self, ref: Ref) -> None:
        object_ = self.session.store.get(ref.oid)
        if object_ is None or ref.column:
            return
        for each in object_.depends:
            if each.bond in _OWNED and not each.of and not self._goes(each.on):
                owner = describe(self.session, each.on)
                said = f"cannot drop {describe(self.session, ref)} because {owner} requires it"
                raise Refused("2BP01", said, object_.name)

    def _goes(self, ref: Ref) -> bool:
        return ref in self.found or Ref(ref.oid) in self.found


def _part(object_: Object, dependency: Dependency) -> Ref:
    if dependency.of and isinstance(object_, Relation) and object_.kind in _WITH_COLUMNS:
        return Ref(object_.oid, dependency.of)
    return Ref(object_.oid)
