"""SELECT, VALUES and set operations (analyze.c)."""

from __future__ import annotations

from harness.simulator.analyze import clauses, ctes, grouping, modify, sources
from harness.simulator.analyze.coercion import common_type, require_boolean
from harness.simulator.analyze.columns import Columns, united
from harness.simulator.analyze.model import Node, Output, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.target import target_list
from harness.simulator.analyze.walk import typed
from harness.simulator.errors import Refused
from harness.sql import tree


def query(work: Work, node: Node, around: Scope | None) -> Columns:
    """Return what a query gives: a SELECT, or a statement with RETURNING."""
    return raw_query(work, node, around).resolved()


def raw_query(work: Work, node: Node, around: Scope | None) -> Columns:
    """Return what a query gives, with literals of no type as they are."""
    if node.DESCRIPTOR.name != "SelectStmt":
        return modify.statement(work, node, around)
    scope = Scope(parent=around)
    if node.HasField("with_clause"):
        scope = ctes.with_clause(work, node.with_clause, scope)
    if node.HasField("larg"):
        return _set_operation(work, node, scope)
    if node.values_lists:
        return _values(work, node, scope)
    return _plain(work, node, scope)


def _plain(work: Work, node: Node, scope: Scope) -> Columns:
    scope = sources.from_clause(work, node.from_clause, scope)
    targets = target_list(work, node.target_list, scope)
    if node.HasField("where_clause"):
        require_boolean(work, node.where_clause, typed(work, node.where_clause, scope), "WHERE")
    if node.HasField("having_clause"):
        require_boolean(work, node.having_clause, typed(work, node.having_clause, scope), "HAVING")
    clauses.sort(work, node.sort_clause, targets, scope)
    clauses.group(work, node.group_clause, targets, scope)
    clauses.distinct(work, node.distinct_clause, targets, scope)
    clauses.limit(work, node, scope)
    clauses.windows(work, node.window_clause, scope)
    if node.group_clause:
        grouping.check(work, node, targets, scope)
    return Columns(targets.outputs, targets.is_open, tuple(target.node for target in targets.items))


def _values(work: Work, node: Node, scope: Scope) -> Columns:
    rows = [each.list.items for each in node.values_lists]
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise Refused("42601", "VALUES lists must all be the same length")
    typed_rows = [[(each, typed(work, each, scope)) for each in row] for row in rows]
    types = [
        common_type(work, column, "VALUES") if len(rows) > 1 else column[0][1]
        for column in zip(*typed_rows, strict=True)
    ]
    outputs = tuple(Output(f"column{place}", type_) for place, type_ in enumerate(types, 1))
    clauses.sort_result(node.sort_clause, outputs)
    clauses.limit(work, node, scope)
    return Columns(outputs, nodes=tuple(rows[0]) if len(rows) == 1 else ())


def _set_operation(work: Work, node: Node, scope: Scope) -> Columns:
    left = raw_query(work, node.larg, scope)
    right = raw_query(work, node.rarg, scope)
    columns = united(work, left, right, tree.enum(node, "op").removeprefix("SETOP_"))
    clauses.sort_result(node.sort_clause, columns.outputs, is_open=columns.is_open)
    clauses.limit(work, node, scope)
    return columns
