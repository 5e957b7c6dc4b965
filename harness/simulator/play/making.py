"""What the making of most objects has in common: their schema, what they depend on, the options they come with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    Bond,
    Dependency,
    Extension,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Type,
)
from harness.simulator.errors import Refused
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.catalog.objects import Role, TypeName
    from harness.simulator.session import Session


def depends(*refs: Ref, bond: Bond = Bond.NORMAL) -> frozenset[Dependency]:
    """Return that an object depends on each of these."""
    return frozenset(Dependency(ref, bond) for ref in refs)


def normal(refs: Iterable[Ref]) -> frozenset[Dependency]:
    """Return that an object depends on what its expressions use."""
    return depends(*refs)


def inside(schema: Schema) -> frozenset[Dependency]:
    """Return that an object is in a schema."""
    return depends(Ref(schema.oid))


def typed(type_: TypeName, of: int = 0) -> frozenset[Dependency]:
    """Return that an object, or its column `of`, has a type of the ladder's own."""
    return frozenset({Dependency(Ref(type_.oid), of=of)}) if type_.oid else frozenset()


def new_name(session: Session, items: Any) -> tuple[Schema, str]:
    """Return the schema and the name of an object that is to be made."""
    schema, name = tree.qualified(items)
    return session.creation_schema(schema), name


def options(items: Any) -> dict[str, Any]:
    """Return what the DefElems of a statement say: by name, the node of each."""
    return {item.def_elem.defname: tree.inner(item.def_elem.arg) for item in items}


def text_of(node: Any) -> str:
    """Return an option's word, number or name as text."""
    read = None if node is None else _TEXTS.get(tree.kind(node))
    return "" if node is None else str(node) if read is None else read(node)


_TEXTS: dict[str, Callable[[Any], str]] = {
    "String": lambda node: str(node.sval),
    "Integer": lambda node: str(node.ival),
    "Float": lambda node: str(node.fval),
    "Boolean": lambda node: "true" if node.boolval else "false",
    "TypeName": lambda node: ".".join(tree.strings(node.names)),
    "List": lambda node: ", ".join(text_of(tree.inner(item)) for item in node.items),
}


def settings(items: Any) -> tuple[tuple[str, object], ...]:
    """Return the DefElems of a statement as an object's settings."""
    return tuple((name, text_of(node)) for name, node in options(items).items())


def is_open(session: Session) -> bool:
    """Whether an extension is there of which it is not known what it brings."""
    return any(extension.is_open for extension in session.store.all(Extension, "extensions"))


def role_name(session: Session, spec: Any) -> str:
    """Return the name that a RoleSpec means: PUBLIC is empty; a role has to be there (42704)."""
    match tree.enum(spec, "roletype"):
        case "ROLESPEC_PUBLIC":
            return ""
        case "ROLESPEC_CSTRING":
            return role_of(session, spec).name
    return session.role


def role_of(session: Session, spec: Any) -> Role:
    """Return the role that a RoleSpec means (42704)."""
    if tree.enum(spec, "roletype") == "ROLESPEC_CSTRING":
        return session.require_role(spec.rolename)
    return session.require_role(session.role)


def check_type_is_free(session: Session, schema: Schema, name: str) -> None:
    """Refuse a type that would have the name of another (42710); the row of a table is a type as well."""
    if taken_type(session, schema, name):
        raise Refused("42710", f'type "{name}" already exists', name)


def taken_type(session: Session, schema: Schema, name: str) -> bool:
    """Whether there is a type of this name in a schema."""
    key = ("type", schema.oid, name)
    return session.store.one(Type, *key) is not None or session.store.one(Relation, *key) is not None


_NOUNS = {
    RelationKind.TABLE: "table",
    RelationKind.PARTITIONED: "table",
    RelationKind.VIEW: "view",
    RelationKind.MATERIALIZED: "materialized view",
    RelationKind.INDEX: "index",
    RelationKind.SEQUENCE: "sequence",
    RelationKind.COMPOSITE: "composite type",
    RelationKind.FOREIGN: "foreign table",
}


def noun(relation: Relation) -> str:
    """Return the word for a relation's kind."""
    return _NOUNS[relation.kind]
