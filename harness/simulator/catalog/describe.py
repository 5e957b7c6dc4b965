"""What Postgres calls an object in its messages (getObjectDescription in src/backend/catalog/objectaddress.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import (
    Attached,
    Constraint,
    Default,
    Function,
    Object,
    Other,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Trigger,
    Type,
)

if TYPE_CHECKING:
    from harness.simulator.session import Session

NOUNS = {
    RelationKind.TABLE: "table",
    RelationKind.PARTITIONED: "table",
    RelationKind.VIEW: "view",
    RelationKind.MATERIALIZED: "materialized view",
    RelationKind.INDEX: "index",
    RelationKind.SEQUENCE: "sequence",
    RelationKind.COMPOSITE: "composite type",
    RelationKind.FOREIGN: "foreign table",
}
_FUNCTIONS = {"p": "procedure", "a": "function"}


def describe(session: Session, ref: Ref) -> str:
    """Return `table t`, `column c of table t`, `constraint x on table t` and the like."""
    found = session.store.get(ref.oid)
    if found is None:
        return "an object"
    if ref.column and isinstance(found, Relation):
        column = found.numbered(ref.column)
        return f"column {column.name if column else '?'} of {NOUNS[found.kind]} {visible_name(session, found)}"
    return _whole(session, found)


def _whole(session: Session, found: Object) -> str:  # noqa: PLR0911 - one line a class
    match found:
        case Relation(kind=RelationKind.COMPOSITE):
            return f"type {visible_name(session, found)}"
        case Relation():
            return f"{NOUNS[found.kind]} {visible_name(session, found)}"
        case Default():
            return f"default value for {describe(session, Ref(found.table, found.column))}"
        case Constraint():
            return f"constraint {found.name} on {describe(session, Ref(found.owner))}"
        case Trigger():
            return f"trigger {found.name} on {describe(session, Ref(found.table))}"
        case Attached():
            return f"{found.kind} {found.name} on {describe(session, Ref(found.table))}"
        case Type():
            return f"type {visible_name(session, found)}"
        case Function():
            return f"{_FUNCTIONS.get(found.kind, 'function')} {signature(session, found)}"
        case Other():
            return f"{found.kind} {found.name}"
        case _:
            return f"{type(found).__name__.lower()} {found.name}"


def signature(session: Session, function: Function) -> str:
    """Return `f(integer,text)`."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    types = ",".join(analyze.format_type(session, type_) for type_ in function.signature)
    schema = session.store.get(function.schema)
    is_seen = any(each.oid == function.schema for each in session.path())
    prefix = f"{schema.name}." if isinstance(schema, Schema) and not is_seen else ""
    return f"{prefix}{function.name}({types})"


def visible_name(session: Session, found: Relation | Type) -> str:
    """Return a name, with its schema where the search path does not lead to it."""
    seen = session.find_relation(found.name) if isinstance(found, Relation) else session.find_type(found.name)
    schema = session.store.get(found.schema)
    if schema is None or (seen is not None and seen.oid == found.oid):
        return found.name
    return f"{schema.name}.{found.name}"
