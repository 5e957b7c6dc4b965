"""Keeps stored expressions and queries true when what they name is renamed: Postgres stores numbers there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    Attached,
    Constraint,
    Default,
    Index,
    Object,
    Ref,
    Relation,
    Schema,
    Sequence,
    Trigger,
)

if TYPE_CHECKING:
    from harness.simulator.session import Session

Change = Callable[[Any], None]


def column_renamed(session: Session, table: int, number: int, old: str, new: str) -> None:
    """Write the new name of a column wherever an expression of the catalog has the old one."""

    def change(node: Any) -> None:
        if node.DESCRIPTOR.name == "ColumnRef" and node.fields[-1].string.sval == old:
            node.fields[-1].string.sval = new

    for object_ in _dependents(session, Ref(table, number)):
        if isinstance(object_, Relation) and object_.query is not None:
            is_clear = not any(_says(node, old) for node in walk(object_.query))
            query = changed(object_.query, change) if is_clear else None
            session.store.put(replace(object_, query=query, has_all_rows=object_.has_all_rows and is_clear))
        else:
            _put_changed(session, object_, change)


def _says(node: Any, name: str) -> bool:
    """Whether a part of a query uses a name in a way that is not a column of the table for sure."""
    match node.DESCRIPTOR.name:
        case "ResTarget":
            return bool(node.name == name)
        case "JoinExpr":
            return any(item.string.sval == name for item in node.using_clause) or node.is_natural
        case "Alias":
            return any(item.string.sval == name for item in node.colnames)
    return False


def relation_moved(session: Session, before: Relation, after: Relation) -> None:
    """Write a relation's new name or schema wherever a view's query or a default has the old one."""
    was, is_ = (session.store.of(each.schema, Schema).name for each in (before, after))

    def change(node: Any) -> None:
        if node.DESCRIPTOR.name != "RangeVar" or node.relname != before.name or node.schemaname not in ("", was):
            return
        if not node.HasField("alias"):
            node.alias.aliasname = before.name
        node.relname = after.name
        node.schemaname = is_

    def change_text(node: Any) -> None:
        if node.DESCRIPTOR.name == "A_Const" and node.HasField("sval"):
            parts = [part.strip('"') for part in node.sval.sval.split(".")]
            if parts[-1] == before.name and parts[:-1] in ([], [was]):
                node.sval.sval = f'"{is_}"."{after.name}"'

    for object_ in _dependents(session, Ref(before.oid)):
        if isinstance(object_, Relation) and object_.query is not None:
            session.store.put(replace(object_, query=changed(object_.query, change)))
        elif isinstance(object_, Default) and isinstance(before, Sequence):
            _put_changed(session, object_, change_text)


def changed(node: Any, change: Change) -> Any:
    """Return a copy of a parse tree in which each node has been changed."""
    copy = type(node)()
    copy.CopyFrom(node)
    for each in list(walk(copy)):
        change(each)
    return copy


def walk(node: Any) -> Iterator[Any]:
    """Yield a parse tree's nodes, the outer ones first."""
    yield node
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                yield from walk(each)


def _dependents(session: Session, ref: Ref) -> list[Object]:
    found = {object_.oid: object_ for object_, _ in session.store.dependents(ref)}
    return list(found.values())


def _put_changed(session: Session, object_: Object, change: Change) -> None:
    def renew(node: Any) -> Any:
        return changed(node, change) if hasattr(node, "DESCRIPTOR") else node

    match object_:
        case Constraint() | Default() if object_.expression is not None:
            session.store.put(replace(object_, expression=renew(object_.expression)))
        case Index():
            parts = tuple(replace(part, expression=renew(part.expression)) for part in object_.parts)
            session.store.put(replace(object_, parts=parts, predicate=renew(object_.predicate)))
        case Trigger() if object_.when is not None:
            session.store.put(replace(object_, when=renew(object_.when)))
        case Attached():
            settings = tuple((name, renew(value)) for name, value in object_.settings)
            session.store.put(replace(object_, settings=settings))
