"""INSERT, UPDATE and DELETE on a view: by its INSTEAD OF triggers, or on the table that a plain view shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation, RelationKind, Trigger
from harness.simulator.errors import Unsure
from harness.simulator.execute import triggers
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.execute.query import run_query
from harness.simulator.execute.sources import contents
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_OPERATIONS = {"InsertStmt": "insert", "UpdateStmt": "update", "DeleteStmt": "delete"}
_MORE = ("group_clause", "distinct_clause", "sort_clause", "values_lists")
_Row = Mapping[str, Value]


def written_to(session: Session, node: Any) -> Relation | None:
    """Return the view that a statement writes to; None where it writes to a table."""
    if node.DESCRIPTOR.name not in _OPERATIONS:
        return None
    relation = session.ranged(node.relation)
    return relation if relation.kind is RelationKind.VIEW else None


def run_triggers(session: Session, view: Relation, node: Any, env: Env) -> Result | None:
    """Carry a statement out by the view's INSTEAD OF triggers; None where it has none for it."""
    operation = _OPERATIONS[node.DESCRIPTOR.name]
    mine = [each for each in session.store.all(Trigger, "triggers", view.oid) if each.timing == "instead"]
    if not any(operation in each.events for each in mine):
        return None
    pairs = list(_inserted(session, view, node, env) if operation == "insert" else _met(session, view, node, env))
    for old, new in pairs:
        numbered = [None if row is None else _numbered(view, row) for row in (old, new)]
        triggers.instead(session, view, operation, numbered[0], numbered[1])
    return Result(is_complete=not node.HasField("returning_clause"), changed=len(pairs))


def _numbered(view: Relation, row: _Row) -> dict[int, Value]:
    return {column.number: row.get(column.name) for column in view.columns}


def _inserted(session: Session, view: Relation, node: Any, env: Env) -> Iterator[tuple[_Row | None, _Row | None]]:
    names = [item.res_target.name for item in node.cols] or [column.name for column in view.columns]
    result = run_query(session, node.select_stmt, env)
    if not result.is_exact:
        raise Unsure(f"what is put into view {view.name} is not known")
    for row in result.rows:
        yield None, dict(zip(names, row, strict=False))


def _met(session: Session, view: Relation, node: Any, env: Env) -> Iterator[tuple[_Row | None, _Row | None]]:
    """Yield the rows of the view that an UPDATE or a DELETE meets, as they are and as they are to be."""
    is_update = node.DESCRIPTOR.name == "UpdateStmt"
    result = contents(session, view)
    if len(node.from_clause if is_update else node.using_clause) or not result.is_exact:
        raise Unsure(f"which rows of view {view.name} are changed is not known")
    alias = node.relation.alias.aliasname or view.name
    for row in result.rows:
        old = dict(zip(result.columns, row, strict=False))
        inner = Env(rows={alias: old}, parent=env)
        met = as_bool(evaluate(session, node.where_clause, inner)) if node.HasField("where_clause") else True
        if met is UNKNOWN:
            raise Unsure(f"which rows of view {view.name} are changed is not known")
        if met is True and is_update:
            targets = [item.res_target for item in node.target_list]
            yield old, {**old, **{each.name: evaluate(session, each.val, inner) for each in targets}}
        elif met is True:
            yield old, None


def on_table(session: Session, view: Relation, node: Any) -> Any:
    """Return the same statement on the one table that a plain view shows, under the view's name.

    Unsure for a view that is not plain, or whose columns have other names than the table's.
    """
    query = tree.inner(view.query) if view.query.DESCRIPTOR.name == "Node" else view.query
    table = _only_table(query)
    base = None if table is None else session.find_relation(table.relname, table.schemaname)
    if table is None or base is None or not _shows_as_it_is(query):
        raise Unsure(f"{view.name} is a view that is not followed")
    rewritten = type(node)()
    rewritten.CopyFrom(node)
    alias = node.relation.alias.aliasname or view.name
    rewritten.relation.CopyFrom(table)
    rewritten.relation.alias.aliasname = alias
    if node.DESCRIPTOR.name == "InsertStmt" and not node.cols:
        for column in view.columns:
            rewritten.cols.add().res_target.name = column.name
    elif node.DESCRIPTOR.name != "InsertStmt" and query.HasField("where_clause"):
        _add_condition(rewritten, query.where_clause)
    return rewritten


def _only_table(query: Any) -> Any:
    """Return the RangeVar of a query of one table and nothing more."""
    if query.DESCRIPTOR.name != "SelectStmt" or tree.enum(query, "op") != "SETOP_NONE":
        return None
    is_more = any(len(getattr(query, name)) for name in _MORE)
    if is_more or query.HasField("limit_count") or query.HasField("with_clause") or len(query.from_clause) != 1:
        return None
    table = tree.inner(query.from_clause[0])
    return table if table.DESCRIPTOR.name == "RangeVar" else None


def _shows_as_it_is(query: Any) -> bool:
    """Whether the columns of a query are the table's, under their own names."""
    for item in query.target_list:
        target = item.res_target
        if tree.kind(target.val) != "ColumnRef":
            return False
        last = target.val.column_ref.fields[-1]
        if tree.kind(last) != "A_Star" and target.name not in ("", last.string.sval):
            return False
    return True


def _add_condition(node: Any, condition: Any) -> None:
    """Want a view's own condition too of the rows that are changed."""
    both = type(condition)()
    kinds = both.bool_expr.DESCRIPTOR.fields_by_name["boolop"].enum_type.values_by_name
    both.bool_expr.boolop = kinds["AND_EXPR"].number
    both.bool_expr.args.add().CopyFrom(condition)
    if node.HasField("where_clause"):
        both.bool_expr.args.add().CopyFrom(node.where_clause)
    node.where_clause.CopyFrom(both)
