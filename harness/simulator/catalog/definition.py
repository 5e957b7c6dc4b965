"""What defines an object beside its name, without oids: equal for equal objects of two databases."""

from __future__ import annotations

from functools import singledispatch
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
    Role,
    Sequence,
    Trigger,
    Type,
    TypeName,
)
from harness.sql import parse

if TYPE_CHECKING:
    from harness.simulator.catalog.store import Store

Definition = tuple[object, ...]


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


@singledispatch
def definition(_object: Object, _store: Store) -> Definition:
    """Return what defines an object beside its name; nothing for a schema and its like."""
    return ()


@definition.register(Index)
def _(index: Index, store: Store) -> Definition:
    parts = tuple(
        (*_columns(store, index.table, (part.column,)), _tree(part.expression), part.options)
        for part in index.parts
    )
    flags = (index.is_unique, index.is_primary, index.nulls_not_distinct, index.is_valid)
    included = _columns(store, index.table, index.included)
    return (name_of(store, index.table), index.method, parts, included, _tree(index.predicate), *flags)


@definition.register(Sequence)
def _(sequence: Sequence, store: Store) -> Definition:
    limits = (sequence.start, sequence.increment, sequence.minimum, sequence.maximum, sequence.cycles)
    return (type_text(store, sequence.type), *limits)


@definition.register(Relation)
def _(relation: Relation, store: Store) -> Definition:
    parents = tuple(name_of(store, parent) for parent in relation.parents)
    return (str(relation.kind), _tree(relation.query), parents, _plain(relation.settings))


@definition.register(Constraint)
def _(constraint: Constraint, store: Store) -> Definition:
    return (
        str(constraint.kind),
        _columns(store, constraint.owner, constraint.columns),
        name_of(store, constraint.references) if constraint.references else "",
        _columns(store, constraint.references, constraint.referenced),
        (constraint.on_delete, constraint.on_update),
        _tree(constraint.expression),
        (constraint.is_deferrable, constraint.is_deferred, constraint.is_validated, constraint.no_inherit),
    )


@definition.register(Default)
def _(default: Default, _store: Store) -> Definition:
    return (_tree(default.expression),)


@definition.register(Type)
def _(type_: Type, store: Store) -> Definition:
    base = type_text(store, type_.base)
    return (str(type_.kind), type_.labels, base, type_.not_null, _tree(type_.default))


@definition.register(Function)
def _(function: Function, store: Store) -> Definition:
    arguments = tuple(
        (each.name, type_text(store, each.type), each.mode, _tree(each.default)) for each in function.arguments
    )
    returns = (type_text(store, function.returns), function.returns_set)
    body = (function.language, function.body, _tree(function.tree))
    return (function.kind, arguments, *returns, *body, _plain(function.settings))


@definition.register(Trigger)
def _(trigger: Trigger, store: Store) -> Definition:
    fires = (trigger.timing, trigger.events, _columns(store, trigger.table, trigger.columns), trigger.is_row)
    calls = (name_of(store, trigger.function), trigger.arguments)
    return (*fires, *calls, _tree(trigger.when), trigger.is_enabled, _plain(trigger.settings))


@definition.register(Role)
def _(role: Role, _store: Store) -> Definition:
    return (_plain(role.settings), role.member_of)


@definition.register(Attached)
@definition.register(Other)
def _(other: Attached | Other, _store: Store) -> Definition:
    return (_plain(other.settings),)


@definition.register(Extension)
def _(extension: Extension, store: Store) -> Definition:
    return (name_of(store, extension.schema),)


@definition.register(Fact)
def _(fact: Fact, _store: Store) -> Definition:
    return (_plain(fact.value),)


def name_of(store: Store, oid: int) -> str:
    """Return the name of the object with an oid, with its schema unless that is public; `?` when it is gone."""
    found = store.get(oid)
    if found is None:
        return "?"
    schema = getattr(found, "schema", 0)
    return qualified(store, schema, found.name) if schema else found.name


def qualified(store: Store, schema: int, name: str) -> str:
    """Return a name with its schema, unless that is public."""
    found = store.get(schema)
    return name if found is None or found.name == "public" else f"{found.name}.{name}"


def type_text(store: Store, type_: TypeName) -> str:
    """Return a type as a reader writes it."""
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
