"""Views that are written to: only what shows one table plainly can be (rewriteHandler.c)."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulator.analyze import candidates
from harness.simulator.analyze.model import Node, Work
from harness.simulator.catalog.objects import Attached, Relation, RelationKind, Trigger
from harness.simulator.session import Session
from harness.sql import tree

_VERBS = {"insert": "insert into", "update": "update", "delete": "delete from"}
_CLAUSES = ("distinct_clause", "group_clause", "values_lists")
_FIELDS = ("having_clause", "with_clause", "limit_count", "limit_offset")


def require_updatable(work: Work, relation: Relation, event: str) -> None:
    """Refuse INSERT, UPDATE or DELETE (`event`) on a view that Postgres cannot write through (55000)."""
    session = work.session
    if relation.kind is not RelationKind.VIEW or relation.is_assumed or relation.query is None:
        return
    if _is_taken_over(session, relation, event):
        return
    query = tree.inner(relation.query) if relation.query.DESCRIPTOR.name == "Node" else relation.query
    if not _is_plain(session, query):
        work.refuse("55000", f'cannot {_VERBS[event]} view "{relation.name}"', relation.name)


def _is_taken_over(session: Session, view: Relation, event: str) -> bool:
    """Whether an INSTEAD OF trigger does the work, or a rule may."""
    mine = session.store.all(Trigger, "triggers", view.oid)
    if any(each.timing == "instead" and event in each.events for each in mine):
        return True
    return any(each.kind == "rule" for each in session.store.all(Attached, "attached", view.oid))


def _is_plain(session: Session, query: Node) -> bool:
    """Whether a query shows the rows of one table or view, each once (view_query_is_auto_updatable)."""
    if query.DESCRIPTOR.name != "SelectStmt" or query.HasField("larg") or len(query.from_clause) != 1:
        return False
    if any(len(getattr(query, each)) for each in _CLAUSES) or any(map(query.HasField, _FIELDS)):
        return False
    if tree.kind(query.from_clause[0]) != "RangeVar":
        return False
    return not any(_is_of_many_rows(session, each) for target in query.target_list for each in _calls(target))


def _is_of_many_rows(session: Session, call: Node) -> bool:
    """Whether a call is an aggregate, a window function, or gives a set."""
    schema, name = tree.qualified(call.funcname)
    found = candidates.named(session, name, schema)
    return call.HasField("over") or (bool(found) and all(each.kind == "a" or each.returns_set for each in found))


def _calls(node: Node) -> Iterator[Node]:
    """Yield the calls in an expression, but for those of its sub-selects."""
    if node.DESCRIPTOR.name == "FuncCall":
        yield node
    if node.DESCRIPTOR.name == "SubLink":
        return
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                yield from _calls(each)
