"""What a database looks like to somebody who knows no oids: each object's name and definition.

Two portraits of equal databases are equal, even if an object was dropped and made again in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from harness.simulator.catalog.definition import definition, name_of, qualified, type_text
from harness.simulator.catalog.objects import (
    Attached,
    Constraint,
    Default,
    Fact,
    Function,
    Index,
    Object,
    Other,
    Ref,
    Relation,
    RelationKind,
    Row,
    Sequence,
    Trigger,
    Type,
)

if TYPE_CHECKING:
    from harness.simulator.catalog.store import Store

_KINDS = {
    RelationKind.TABLE: "table",
    RelationKind.PARTITIONED: "table",
    RelationKind.FOREIGN: "foreign table",
    RelationKind.VIEW: "view",
    RelationKind.MATERIALIZED: "materialized view",
    RelationKind.COMPOSITE: "type",
    RelationKind.INDEX: "index",
    RelationKind.SEQUENCE: "sequence",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What an object is called: its kind, and its name as a reader writes it, without the schema `public`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def portrait(store: Store) -> dict[Identity, tuple[object, ...]]:
    """Return the definition of every object but rows, by its identity."""
    return {identity: definition for each in store.each(Object) for identity, definition in portray(store, each)}


def portray(store: Store, object_: Object) -> Iterator[tuple[Identity, tuple[object, ...]]]:
    """Yield an object's identity and definition, and those of its columns."""
    if isinstance(object_, Row):
        return
    yield identity(store, object_), definition(object_, store)
    if isinstance(object_, Relation) and not isinstance(object_, (Index, Sequence)):
        table = qualified(store, object_.schema, object_.name)
        for column in object_.columns:
            told = (
                type_text(store, column.type),
                column.not_null,
                column.identity,
                column.is_generated,
                column.collation,
            )
            yield Identity("column", f"{table}.{column.name}"), told


@singledispatch
def named(object_: Object, _store: Store) -> Identity:
    """Return what an object is called whose name stands alone: a schema, a role, an extension."""
    return Identity(type(object_).__name__.lower(), object_.name)


@named.register(Relation)
def _(relation: Relation, store: Store) -> Identity:
    return Identity(_KINDS[relation.kind], qualified(store, relation.schema, relation.name))


@named.register(Type)
def _(type_: Type, store: Store) -> Identity:
    return Identity("type", qualified(store, type_.schema, type_.name))


@named.register(Function)
def _(function: Function, store: Store) -> Identity:
    types = ", ".join(type_text(store, type_) for type_ in function.signature)
    return Identity("function", f"{qualified(store, function.schema, function.name)}({types})")


@named.register(Constraint)
def _(constraint: Constraint, store: Store) -> Identity:
    return Identity("constraint", f"{name_of(store, constraint.owner)}.{constraint.name}")


@named.register(Default)
def _(default: Default, store: Store) -> Identity:
    return Identity(
        "default", f"{name_of(store, default.table)}.{_column(store, Ref(default.table, default.column))}"
    )


@named.register(Trigger)
def _(trigger: Trigger, store: Store) -> Identity:
    return Identity("trigger", f"{name_of(store, trigger.table)}.{trigger.name}")


@named.register(Attached)
def _(attached: Attached, store: Store) -> Identity:
    return Identity(attached.kind, f"{name_of(store, attached.table)}.{attached.name}")


@named.register(Fact)
def _(fact: Fact, store: Store) -> Identity:
    kind, _space, whose = fact.name.partition(" ")
    column = f".{_column(store, fact.about)}" if fact.about.column else ""
    return Identity(kind, f"{whose} on {name_of(store, fact.about.oid)}{column}".strip())


@named.register(Other)
def _(other: Other, store: Store) -> Identity:
    where = f"{name_of(store, other.scope)}." if other.scope else ""
    return Identity(other.kind, f"{where}{other.name}")


def identity(store: Store, object_: Object) -> Identity:
    """Return what an object is called."""
    return named(object_, store)


def _column(store: Store, ref: Ref) -> str:
    relation = store.get(ref.oid)
    column = relation.numbered(ref.column) if isinstance(relation, Relation) else None
    return column.name if column else "?"
