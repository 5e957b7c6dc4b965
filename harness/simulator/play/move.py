"""ALTER ... SET SCHEMA and OWNER TO."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from harness.simulator.catalog import rewrite
from harness.simulator.catalog.address import resolve
from harness.simulator.catalog.objects import (
    Bond,
    Constraint,
    Dependency,
    Function,
    Index,
    Object,
    Other,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Sequence,
    Type,
)
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.rename import refuse_function, target
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_RELATIONS = frozenset(
    ("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE", "OBJECT_INDEX")
)


@plays("AlterObjectSchemaStmt")
def set_schema(session: Session, node: Any) -> None:
    """Move something into another schema (3F000; 42P07, 42710, 42723 where one of its name is there)."""
    kind = tree.enum(node, "object_type")
    if kind in _RELATIONS:
        relation = target(session, node, kind)
        if relation is not None:
            _refuse_owned(relation)
            move_relation(session, relation, session.schema(node.newschema))
        return
    ref = resolve(session, kind, tree.inner(node.object))
    schema = session.schema(node.newschema)
    found = None if ref is None else session.store.get(ref.oid)
    match found:
        case Relation():
            if found.kind is not RelationKind.COMPOSITE:
                raise Refused("42809", f"{found.name} is a table's row type", found.name)
            _refuse_type(session, found, schema)
            move_relation(session, found, schema)
        case Type():
            _refuse_type(session, found, schema)
            _put_into(session, found, schema)
            _move_constraints(session, found.oid, schema)
        case Function() if found.schema != schema.oid:
            refuse_function(session, found, schema.oid, found.name)
            _put_into(session, found, schema)


def move_relation(session: Session, relation: Relation, schema: Schema) -> None:
    """Move a relation with its indexes, its constraints and the sequences that its columns own."""
    if relation.schema == schema.oid:
        return
    _refuse_taken(session, relation, schema)
    moved = _put_into(session, relation, schema)
    rewrite.relation_moved(session, relation, moved)
    _move_constraints(session, relation.oid, schema)
    for index in session.store.all(Index, "indexes", relation.oid):
        _refuse_taken(session, index, schema)
        session.store.put(replace(index, schema=schema.oid))
    for object_, dependency in list(session.store.dependents(Ref(relation.oid))):
        if isinstance(object_, Sequence) and dependency.bond is not Bond.NORMAL:
            move_relation(session, object_, schema)


def _refuse_taken(session: Session, relation: Relation, schema: Schema) -> None:
    if session.store.one(Relation, "relation", schema.oid, relation.name) is not None:
        said = f'relation "{relation.name}" already exists in schema "{schema.name}"'
        raise Refused("42P07", said, relation.name)
    if ("type", relation.schema, relation.name) in relation.keys():  # noqa: SIM118 - not a mapping
        _refuse_type(session, relation, schema)


def _refuse_type(session: Session, found: Type | Relation, schema: Schema) -> None:
    key = ("type", schema.oid, found.name)
    other = session.store.one(Type, *key) or session.store.one(Relation, *key)
    if other is not None and other.oid != found.oid:
        said = f'type "{found.name}" already exists in schema "{schema.name}"'
        raise Refused("42710", said, found.name)


def _refuse_owned(relation: Relation) -> None:
    if not isinstance(relation, Sequence):
        return
    if any(each.bond is not Bond.NORMAL for each in relation.depends):
        raise Refused("0A000", "cannot move an owned sequence into another schema", relation.name)


_Moved = TypeVar("_Moved", Relation, Type, Function)


def _put_into(session: Session, found: _Moved, schema: Schema) -> _Moved:
    depends = frozenset(
        Dependency(Ref(schema.oid)) if each.on == Ref(found.schema) else each for each in found.depends
    )
    return session.store.put(replace(found, schema=schema.oid, depends=depends))


def _move_constraints(session: Session, owner: int, schema: Schema) -> None:
    for constraint in session.store.all(Constraint, "constraints", owner):
        session.store.put(replace(constraint, schema=schema.oid))


@plays("AlterOwnerStmt")
def set_owner(session: Session, node: Any) -> None:
    """Give something to another role (42704 for either)."""
    kind = tree.enum(node, "object_type")
    ref = resolve(session, kind, tree.inner(node.object))
    role = session.role
    if tree.enum(node.newowner, "roletype") == "ROLESPEC_CSTRING":
        role = session.require_role(node.newowner.rolename).name
    found: Object | None = None if ref is None else session.store.get(ref.oid)
    if isinstance(found, (Relation, Function, Other)):
        kept = tuple(each for each in found.settings if each[0] != "owner")
        session.store.put(replace(found, settings=(*kept, ("owner", role))))
