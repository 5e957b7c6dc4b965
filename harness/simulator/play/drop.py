"""DROP of every kind (RemoveRelations, RemoveObjects)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.address import names_of, resolve
from harness.simulator.catalog.describe import describe
from harness.simulator.catalog.drop import drop
from harness.simulator.catalog.objects import ROW_TYPES, Function, Other, Ref, Relation, RelationKind
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import is_open
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_RELATIONS = {
    "OBJECT_TABLE": ("table", "a table", (RelationKind.TABLE, RelationKind.PARTITIONED), "42P01"),
    "OBJECT_VIEW": ("view", "a view", (RelationKind.VIEW,), "42P01"),
    "OBJECT_MATVIEW": ("materialized view", "a materialized view", (RelationKind.MATERIALIZED,), "42P01"),
    "OBJECT_SEQUENCE": ("sequence", "a sequence", (RelationKind.SEQUENCE,), "42P01"),
    "OBJECT_INDEX": ("index", "an index", (RelationKind.INDEX,), "42704"),
    "OBJECT_FOREIGN_TABLE": ("foreign table", "a foreign table", (RelationKind.FOREIGN,), "42704"),
}
"""What Postgres calls them, and says when one is missing (dropmsgstringarray in tablecmds.c)."""
_ROWS = ROW_TYPES - {RelationKind.COMPOSITE}
_MISSING = frozenset(("42P01", "42704", "42883", "3F000", "42703"))


@plays("DropStmt")
def drop_objects(session: Session, node: Any) -> None:
    """Drop what is listed; with IF EXISTS only what is there; what depends on it with CASCADE alone (2BP01)."""
    kind = tree.enum(node, "remove_type")
    targets = _relations if kind in _RELATIONS else _others
    found = list(dict.fromkeys(targets(session, kind, node)))
    if found:
        drop(session, found, cascade=tree.enum(node, "behavior") == "DROP_CASCADE")


def _relations(session: Session, kind: str, node: Any) -> Iterator[Ref]:
    """Yield the relations that are listed (42P01 and 42704 for missing ones, 42809 for those of another kind)."""
    _, article, kinds, _ = _RELATIONS[kind]
    for item in node.objects:
        *schema, name = tree.strings(item.list.items)
        relation = session.find_relation(name, schema[-1] if schema else "")
        if relation is None:
            _miss(session, kind, schema, name, skips=node.missing_ok)
        elif relation.kind not in kinds and not relation.is_assumed:
            raise Refused("42809", f'"{name}" is not {article}', name)
        else:
            yield Ref(relation.oid)


def _miss(session: Session, kind: str, schema: list[str], name: str, *, skips: bool) -> None:
    """Refuse a relation that is not there; one that the ladder has not made was there before the cold boot."""
    noun, _, _, sqlstate = _RELATIONS[kind]
    if skips:
        return
    if session.may_assume:
        session.assumed.append(f"{noun} {'.'.join((*schema, name))}")
        return
    if schema and session.find_schema(schema[-1]) is None:
        raise Refused("3F000", f'schema "{schema[-1]}" does not exist', schema[-1])
    raise Refused(sqlstate, f'{noun} "{name}" does not exist', name)


def _others(session: Session, kind: str, node: Any) -> Iterator[Ref]:
    """Yield the other objects that are listed."""
    for item in node.objects:
        object_ = tree.inner(item)
        found = _if_there(session, kind, object_) if node.missing_ok else take(session, kind, object_)
        if found is None and not node.missing_ok:
            _refuse_missing(session, kind, object_)
        if found is not None:
            _refuse_aggregate(session, kind, found)
            _refuse_row_type(session, kind, found)
            yield found


def _refuse_aggregate(session: Session, kind: str, found: Ref) -> None:
    """Refuse DROP FUNCTION of an aggregate, which other statements take for a function (42809)."""
    function = session.store.get(found.oid)
    if kind == "OBJECT_FUNCTION" and isinstance(function, Function) and function.kind == "a":
        raise Refused("42809", f'"{function.name}" is an aggregate function', function.name)


def _refuse_row_type(session: Session, kind: str, ref: Ref) -> None:
    """Refuse to drop the type of a table's rows (2BP01)."""
    found = session.store.get(ref.oid)
    if kind in ("OBJECT_TYPE", "OBJECT_DOMAIN") and isinstance(found, Relation) and found.kind in _ROWS:
        said = f"cannot drop type {found.name} because {describe(session, ref)} requires it"
        raise Refused("2BP01", said, found.name)


_NOT_LISTED = {
    "OBJECT_CAST": ("42704", "cast"),
    "OBJECT_OPERATOR": ("42883", "operator"),
    "OBJECT_COLLATION": ("42704", "collation"),
    "OBJECT_CONVERSION": ("42704", "conversion"),
    "OBJECT_OPCLASS": ("42704", "operator class"),
    "OBJECT_OPFAMILY": ("42704", "operator family"),
    "OBJECT_TSCONFIGURATION": ("42704", "text search configuration"),
    "OBJECT_TSDICTIONARY": ("42704", "text search dictionary"),
}
"""Kinds of which Postgres's own are not listed, and cannot be dropped: what is not found is not there."""


def _refuse_missing(session: Session, kind: str, node: Any) -> None:
    if kind in _NOT_LISTED and not session.may_assume and not is_open(session):
        sqlstate, word = _NOT_LISTED[kind]
        name = ".".join(names_of(node))
        raise Refused(sqlstate, f"{word} {name} does not exist", name)


def _if_there(session: Session, kind: str, node: Any) -> Ref | None:
    with session.handler():
        try:
            return resolve(session, kind, node)
        except Refused as refused:
            if refused.sqlstate in _MISSING:
                return None
            raise


def take(session: Session, kind: str, node: Any) -> Ref | None:
    """Return what has to be there, under this name for the last time, whether made or taken as given."""
    mark = session.store.mark()
    found = resolve(session, kind, node)
    if found is None:
        for _, made in session.store.changes(mark).values():
            if isinstance(made, Other) and made.kind.startswith("assumed "):
                session.store.remove(made.oid)
    return found
