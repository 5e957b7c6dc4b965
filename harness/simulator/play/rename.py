"""ALTER ... RENAME TO."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import rewrite
from harness.simulator.catalog.columns import set_column
from harness.simulator.catalog.describe import signature
from harness.simulator.catalog.objects import (
    Attached,
    Column,
    Constraint,
    Function,
    Index,
    Object,
    Other,
    Relation,
    RelationKind,
    Role,
    Schema,
    Trigger,
    Type,
)
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.drop import take
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_RELATIONS = {
    "OBJECT_TABLE": (frozenset(RelationKind) - {RelationKind.COMPOSITE}, "a table"),
    "OBJECT_INDEX": (frozenset(RelationKind) - {RelationKind.COMPOSITE}, "an index"),
    "OBJECT_VIEW": (frozenset((RelationKind.VIEW,)), "a view"),
    "OBJECT_MATVIEW": (frozenset((RelationKind.MATERIALIZED,)), "a materialized view"),
    "OBJECT_SEQUENCE": (frozenset((RelationKind.SEQUENCE,)), "a sequence"),
    "OBJECT_FOREIGN_TABLE": (frozenset((RelationKind.FOREIGN,)), "a foreign table"),
}
"""What ALTER TABLE and its kin may rename: the first two take each other's."""


@plays("RenameStmt")
def rename(session: Session, node: Any) -> None:
    """Give something another name."""
    kind = tree.enum(node, "rename_type")
    if kind in _RELATIONS:
        _relation(session, kind, node)
    elif kind in ("OBJECT_COLUMN", "OBJECT_ATTRIBUTE"):
        _column(session, node)
    elif kind in _ON_RELATIONS:
        _on_relation(session, kind, node)
    else:
        _other(session, kind, node)


def target(session: Session, node: Any, kind: str = "") -> Relation | None:
    """Return the relation that a statement is about (42P01, 42809); None where IF EXISTS allows for none."""
    found = session.find_relation(node.relation.relname, node.relation.schemaname)
    if found is None:
        return None if node.missing_ok else session.ranged(node.relation)
    kinds, article = _RELATIONS.get(kind, (frozenset(RelationKind), ""))
    if found.kind not in kinds and not found.is_assumed:
        raise Refused("42809", f'"{found.name}" is not {article}', found.name)
    return found


# relations


def _relation(session: Session, kind: str, node: Any) -> None:
    found = target(session, node, kind)
    if found is not None:
        rename_relation(session, found, node.newname)


def rename_relation(session: Session, relation: Relation, name: str) -> None:
    """Rename a relation, its row type and the constraint that stands on it (42P07, 42710)."""
    store = session.store
    if store.one(Relation, "relation", relation.schema, name) is not None:
        raise Refused("42P07", f'relation "{name}" already exists', name)
    if ("type", relation.schema, relation.name) in relation.keys():  # noqa: SIM118 - not a mapping
        _refuse_type(session, relation.schema, name)
    owner = (
        store.one(Constraint, "constraint", relation.table, relation.name) if isinstance(relation, Index) else None
    )
    if owner is not None and owner.index == relation.oid:
        _rename_constraint(session, owner, name)
    renamed = store.put(replace(relation, name=name))
    rewrite.relation_moved(session, relation, renamed)


def _refuse_type(session: Session, schema: int, name: str) -> None:
    key = ("type", schema, name)
    if session.store.one(Type, *key) is not None or session.store.one(Relation, *key) is not None:
        raise Refused("42710", f'type "{name}" already exists', name)


# columns


def _column(session: Session, node: Any) -> None:
    relation = target(session, node)
    if relation is None:
        return
    children = session.store.all(Relation, "children", relation.oid)
    if children and not node.relation.inh:
        said = f'inherited column "{node.subname}" must be renamed in child tables too'
        raise Refused("42P16", said, node.subname)
    column = relation.column(node.subname)
    if column is None:
        if not (session.may_assume or relation.is_assumed):
            raise Refused("42703", f'column "{node.subname}" does not exist', node.subname)
        column = session.column(relation, node.subname)
    if column.is_inherited:
        raise Refused("42P16", f'cannot rename inherited column "{column.name}"', column.name)
    rename_column(session, relation.oid, column, node.newname)


def rename_column(session: Session, table: int, column: Column, name: str) -> None:
    """Rename a column of a relation, and of those that inherit it (42701)."""
    relation = session.store.of(table, Relation)
    if relation.column(name) is not None:
        if not (relation.is_assumed and session.is_cold):
            said = f'column "{name}" of relation "{relation.name}" already exists'
            raise Refused("42701", said, name, relation.name)
        return
    set_column(session, table, replace(column, name=name))
    rewrite.column_renamed(session, table, column.number, column.name, name)
    for child in session.store.all(Relation, "children", table):
        inherited = child.column(column.name)
        if inherited is not None:
            rename_column(session, child.oid, inherited, name)


# what has its name on a relation


_ON_RELATIONS: dict[str, tuple[type[Trigger | Attached | Constraint], str, str]] = {
    "OBJECT_TABCONSTRAINT": (Constraint, "constraint", "table"),
    "OBJECT_TRIGGER": (Trigger, "trigger", "table"),
    "OBJECT_POLICY": (Attached, "policy", "table"),
    "OBJECT_RULE": (Attached, "rule", "relation"),
}


def _on_relation(session: Session, kind: str, node: Any) -> None:
    """Rename a constraint, trigger, policy or rule (42704, 42710)."""
    relation = target(session, node)
    if relation is None:
        return
    class_, word, where = _ON_RELATIONS[kind]
    found = session.store.one(class_, word, relation.oid, node.subname)
    if kind == "OBJECT_POLICY":
        _refuse_taken(session, relation, node.newname, class_, word, "table")
    if found is None:
        if relation.is_assumed:
            return
        if session.may_assume:
            session.assumed.append(f"{word} {relation.name}.{node.subname}")
            return
        said = f'{word} "{node.subname}" for {where} "{relation.name}" does not exist'
        raise Refused("42704", said, node.subname, relation.name)
    if isinstance(found, Constraint):
        _constraint(session, found, node.newname)
    elif not (isinstance(found, Trigger) and found.name == node.newname):
        _refuse_taken(session, relation, node.newname, class_, word, "relation")
        session.store.put(replace(found, name=node.newname))


def _refuse_taken(
    session: Session, relation: Relation, name: str, class_: type[Object], word: str, where: str
) -> None:
    if session.store.one(class_, word, relation.oid, name) is not None:
        said = f'{word} "{name}" for {where} "{relation.name}" already exists'
        raise Refused("42710", said, name, relation.name)


def _constraint(session: Session, found: Constraint, name: str) -> None:
    """Rename a constraint; the index behind one has its name, and is the first to collide (42P07)."""
    index = session.store.get(found.index)
    if isinstance(index, Index) and index.table == found.owner:
        rename_relation(session, index, name)
        return
    _rename_constraint(session, found, name)
    for child in session.store.all(Relation, "children", found.owner):
        inherited = session.store.one(Constraint, "constraint", child.oid, found.name)
        if inherited is not None and inherited.is_inherited:
            _constraint(session, inherited, name)


def _rename_constraint(session: Session, found: Constraint, name: str) -> None:
    if session.store.one(Constraint, "constraint", found.owner, name) is not None:
        owner = session.store.get(found.owner)
        whose = owner.name if owner else "?"
        word = "relation" if isinstance(owner, Relation) else "domain"
        raise Refused("42710", f'constraint "{name}" for {word} "{whose}" already exists', name, whose)
    session.store.put(replace(found, name=name))


# the others


def _other(session: Session, kind: str, node: Any) -> None:
    found = _named(session, kind, node)
    match found:
        case Relation():
            _refuse_row_type(found)
            rename_relation(session, found, node.newname)
        case Constraint():
            _rename_constraint(session, found, node.newname)
        case Type():
            _refuse_type(session, found.schema, node.newname)
            session.store.put(replace(found, name=node.newname))
        case Function():
            refuse_function(session, found, found.schema, node.newname)
            session.store.put(replace(found, name=node.newname))
        case Role():
            _role(session, found, node.newname)
        case None:
            return
        case _:
            _refuse_same(session, found, node.newname)
            session.store.put(replace(found, name=node.newname))


def _named(session: Session, kind: str, node: Any) -> Object | None:
    """Return what is renamed; a role's and a schema's name stand in `subname`."""
    if kind == "OBJECT_SCHEMA":
        return session.schema(node.subname)
    if kind == "OBJECT_ROLE":
        return session.require_role(node.subname)
    if kind == "OBJECT_DATABASE":
        return None
    object_ = tree.inner(node.object)
    if kind == "OBJECT_DOMCONSTRAINT":
        object_ = _domain_constraint(object_, node.subname)
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        object_ = _type_name(object_)
    ref = take(session, kind, object_)
    return None if ref is None else session.store.get(ref.oid)


def _type_name(items: Any) -> Any:
    """Return a list of names as the TypeName that `resolve` reads."""
    from harness.sql import parse  # noqa: PLC0415 - rarely needed

    name = parse.nodes("SELECT NULL::x")[0].target_list[0].res_target.val.type_cast.type_name
    del name.names[:]
    name.names.extend(items.items)
    return name


def _domain_constraint(domain: Any, name: str) -> Any:
    """Return a domain and a constraint's name as the list that `resolve` reads."""
    found = type(domain)()
    found.items.add().type_name.CopyFrom(_type_name(domain))
    found.items.add().string.sval = name
    return found


def _refuse_row_type(relation: Relation) -> None:
    if relation.kind is not RelationKind.COMPOSITE:
        raise Refused("42809", f"{relation.name} is a table's row type", relation.name)


def refuse_function(session: Session, function: Function, schema: int, name: str) -> None:
    """Refuse a second function of the same name and arguments in a schema (42723)."""
    for each in session.store.all(Function, "function", schema, name):
        if each.signature == function.signature:
            where = session.store.of(schema, Schema).name
            shown = signature(session, replace(function, name=name))
            raise Refused("42723", f'function {shown} already exists in schema "{where}"', name)


def _role(session: Session, found: Role, name: str) -> None:
    if session.find_role(name) is not None:
        raise Refused("42710", f'role "{name}" already exists', name)
    for each in session.store.each(Role):
        if found.name in each.member_of:
            session.store.put(replace(each, member_of=each.member_of - {found.name} | {name}))
    session.store.put(replace(found, name=name))


def _refuse_same(session: Session, found: Object, name: str) -> None:
    """Refuse a name that another object of the kind has (42P06 for schemas, else 42710)."""
    if isinstance(found, Schema):
        if session.find_schema(name) is not None:
            raise Refused("42P06", f'schema "{name}" already exists', name)
        return
    renamed = replace(found, name=name)
    if any(session.store.one(type(found), *key) is not None for key in renamed.keys()):  # noqa: SIM118
        word = found.kind if isinstance(found, Other) else type(found).__name__.lower()
        raise Refused("42710", f'{word} "{name}" already exists', name)
