"""What a database looks like to somebody who knows no oids: each object's name and definition.

Two portraits of equal databases are equal, even if an object was dropped and made again in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    Attached,
    Constraint,
    Default,
    Extension,
    Fact,
    Function,
    Index,
    Object,
    Other,
    Relation,
    RelationKind,
    Role,
    Row,
    Schema,
    Sequence,
    Trigger,
    Type,
    TypeName,
)
from harness.sql import parse

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


class Tree:
    """A parse tree that equals another one of the same meaning, wherever both stood in their files."""

    __slots__ = ("_node",)

    def __init__(self, node: Any) -> None:
        self._node = node

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        one, two = self._node, other._node
        return bool(one is two or one == two or parse.same(one, two))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Tree({type(self._node).__name__})"


def portrait(store: Store) -> dict[Identity, tuple[object, ...]]:
    """Return the definition of every object but rows, by its identity."""
    return {identity: definition for each in store.each(Object) for identity, definition in portray(store, each)}


def portray(store: Store, object_: Object) -> Iterator[tuple[Identity, tuple[object, ...]]]:
    """Yield an object's identity and definition, and those of its columns."""
    if isinstance(object_, Row):
        return
    yield identity(store, object_), _definition(store, object_)
    if isinstance(object_, Relation) and not isinstance(object_, (Index, Sequence)):
        table = _qualified(store, object_.schema, object_.name)
        for column in object_.columns:
            told = (
                _type(store, column.type),
                column.not_null,
                column.identity,
                column.is_generated,
                column.collation,
            )
            yield Identity("column", f"{table}.{column.name}"), told


def identity(store: Store, object_: Object) -> Identity:  # noqa: PLR0911, PLR0912 - one line a class
    """Return what an object is called."""
    match object_:
        case Relation():
            return Identity(_KINDS[object_.kind], _qualified(store, object_.schema, object_.name))
        case Type():
            return Identity("type", _qualified(store, object_.schema, object_.name))
        case Function():
            types = ", ".join(_type(store, type_) for type_ in object_.signature)
            return Identity("function", f"{_qualified(store, object_.schema, object_.name)}({types})")
        case Constraint():
            return Identity("constraint", f"{name_of(store, object_.owner)}.{object_.name}")
        case Default():
            relation = store.get(object_.table)
            column = relation.numbered(object_.column) if isinstance(relation, Relation) else None
            return Identity("default", f"{name_of(store, object_.table)}.{column.name if column else '?'}")
        case Trigger():
            return Identity("trigger", f"{name_of(store, object_.table)}.{object_.name}")
        case Attached():
            return Identity(object_.kind, f"{name_of(store, object_.table)}.{object_.name}")
        case Fact():
            relation = store.get(object_.about.oid)
            column = relation.numbered(object_.about.column) if isinstance(relation, Relation) else None
            whose = f"{name_of(store, object_.about.oid)}{f'.{column.name}' if column else ''}"
            return Identity(object_.name.partition(" ")[0], f"{object_.name.partition(' ')[2]} on {whose}".strip())
        case Other():
            where = f"{name_of(store, object_.scope)}." if object_.scope else ""
            return Identity(object_.kind, f"{where}{object_.name}")
        case Schema():
            return Identity("schema", object_.name)
        case Extension():
            return Identity("extension", object_.name)
        case Role():
            return Identity("role", object_.name)
        case _:
            return Identity(type(object_).__name__.lower(), object_.name)


def name_of(store: Store, oid: int) -> str:
    """Return the name of the object with an oid, with its schema unless that is public; `?` when it is gone."""
    found = store.get(oid)
    if found is None:
        return "?"
    schema = getattr(found, "schema", 0)
    return _qualified(store, schema, found.name) if schema else found.name


def _qualified(store: Store, schema: int, name: str) -> str:
    found = store.get(schema)
    return name if found is None or found.name == "public" else f"{found.name}.{name}"


def _type(store: Store, type_: TypeName) -> str:
    name = name_of(store, type_.oid) if type_.oid else type_.name
    modifiers = f"({','.join(map(str, type_.modifiers))})" if type_.modifiers else ""
    return f"{name}{modifiers}{'[]' if type_.is_array else ''}"


def _columns(store: Store, table: int, numbers: tuple[int, ...]) -> tuple[str, ...]:
    relation = store.get(table)
    if not isinstance(relation, Relation):
        return ()
    found = (relation.numbered(number) for number in numbers)
    return tuple(column.name if column else "?" for column in found)


def _tree(node: Any) -> Tree | None:
    return None if node is None else Tree(node)


def _plain(value: object) -> object:
    """Return settings with parse trees that can be compared."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return Tree(value) if hasattr(value, "DESCRIPTOR") else value


def _definition(store: Store, object_: Object) -> tuple[object, ...]:  # noqa: PLR0911, PLR0912 - one line a class
    """Return what defines an object beside its name, without oids."""
    match object_:
        case Index():
            parts = tuple(
                (*_columns(store, object_.table, (part.column,)), _tree(part.expression), part.options)
                for part in object_.parts
            )
            flags = (object_.is_unique, object_.is_primary, object_.nulls_not_distinct, object_.is_valid)
            table = name_of(store, object_.table)
            included = _columns(store, object_.table, object_.included)
            return (table, object_.method, parts, included, _tree(object_.predicate), *flags)
        case Sequence():
            limits = (object_.start, object_.increment, object_.minimum, object_.maximum, object_.cycles)
            return (_type(store, object_.type), *limits)
        case Relation():
            parents = tuple(name_of(store, parent) for parent in object_.parents)
            return (str(object_.kind), _tree(object_.query), parents, _plain(object_.settings))
        case Constraint():
            references = name_of(store, object_.references) if object_.references else ""
            return (
                str(object_.kind),
                _columns(store, object_.owner, object_.columns),
                references,
                _columns(store, object_.references, object_.referenced),
                (object_.on_delete, object_.on_update),
                _tree(object_.expression),
                (object_.is_deferrable, object_.is_deferred, object_.is_validated, object_.no_inherit),
            )
        case Default():
            return (_tree(object_.expression),)
        case Type():
            return (
                str(object_.kind),
                object_.labels,
                _type(store, object_.base),
                object_.not_null,
                _tree(object_.default),
            )
        case Function():
            arguments = tuple(
                (each.name, _type(store, each.type), each.mode, _tree(each.default)) for each in object_.arguments
            )
            returns = (_type(store, object_.returns), object_.returns_set)
            body = (object_.language, object_.body, _tree(object_.tree))
            return (object_.kind, arguments, *returns, *body, _plain(object_.settings))
        case Trigger():
            return (
                name_of(store, object_.function),
                object_.timing,
                object_.events,
                _columns(store, object_.table, object_.columns),
                object_.is_row,
                _tree(object_.when),
                object_.arguments,
                object_.is_enabled,
                _plain(object_.settings),
            )
        case Role():
            return (_plain(object_.settings), object_.member_of)
        case Attached() | Other():
            return (_plain(object_.settings),)
        case Extension():
            return (name_of(store, object_.schema),)
        case Fact():
            return (_plain(object_.value),)
        case _:
            return ()
