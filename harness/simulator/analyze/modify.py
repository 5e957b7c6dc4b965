"""INSERT, UPDATE, DELETE and MERGE (analyze.c)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.simulator.analyze import conflict, ctes, select, sources
from harness.simulator.analyze import scope as scopes
from harness.simulator.analyze.coercion import assign, require_boolean
from harness.simulator.analyze.columns import Columns
from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.relations import opened
from harness.simulator.analyze.scope import Entry, Item, Scope
from harness.simulator.analyze.target import target_list
from harness.simulator.analyze.updatable import require_updatable
from harness.simulator.analyze.walk import typed
from harness.simulator.catalog.objects import NO_TYPE, Column, Ref, Relation, TypeName
from harness.simulator.errors import Refused
from harness.sql import tree


def statement(work: Work, node: Node, around: Scope | None) -> Columns:
    """Return what a statement's RETURNING gives; a query's columns for a SELECT."""
    analyze = _STATEMENTS.get(node.DESCRIPTOR.name)
    if analyze is None:
        return select.query(work, node, around)
    scope = Scope(parent=around)
    if node.HasField("with_clause"):
        scope = ctes.with_clause(work, node.with_clause, scope)
    return analyze(work, node, scope).resolved()


def _insert(work: Work, node: Node, scope: Scope) -> Columns:
    relation = opened(work, node.relation)
    columns = [_column(work, relation, each.res_target.name) for each in node.cols]
    _refuse_twice(column.name for column, each in zip(columns, node.cols, strict=True) if not _has_path(each))
    relation = work.session.store.of(relation.oid, Relation)
    targets = [None if _has_path(each) else column for column, each in zip(columns, node.cols, strict=True)]
    if not node.cols:
        targets = list(relation.columns)
    if node.select_stmt.WhichOneof("node"):
        _source(work, node, relation, targets, scope)
    item = scopes.of_relation(relation, _alias(node.relation))
    if node.HasField("on_conflict_clause"):
        _on_conflict(work, node.on_conflict_clause, item, scope)
    columns_out = _returning(work, node, item, scope.within((Entry(item),)))
    require_updatable(work, relation, "insert")
    if node.HasField("on_conflict_clause"):
        conflict.require_arbiter(work, relation, node.on_conflict_clause)
    return columns_out


def _source(work: Work, node: Node, relation: Relation, targets: Sequence[Column | None], scope: Scope) -> None:
    """Match what VALUES or SELECT gives with the target columns (42601, 42804)."""
    source = node.select_stmt.select_stmt
    is_open = relation.is_assumed and not node.cols
    if source.values_lists and not _decorated(source):
        for each in source.values_lists:
            row = each.list.items
            values = [(value, typed(work, value, scope)) for value in row]
            _fit(work, values, targets, is_listed=bool(node.cols), is_open=is_open)
        return
    found = select.raw_query(work, source, scope)
    nodes = found.nodes or (None,) * len(found.outputs)
    values = [(value, output.type) for value, output in zip(nodes, found.outputs, strict=True)]
    _fit(work, values, targets, is_listed=bool(node.cols), is_open=is_open or found.is_open)


def _decorated(node: Node) -> bool:
    return bool(node.sort_clause or node.HasField("limit_count") or node.HasField("limit_offset"))


def _fit(
    work: Work,
    values: Sequence[tuple[Node, TypeName]],
    targets: Sequence[Column | None],
    *,
    is_listed: bool,
    is_open: bool,
) -> None:
    if not is_open and len(values) > len(targets):
        raise Refused("42601", "INSERT has more expressions than target columns")
    if is_listed and not is_open and len(values) < len(targets):
        raise Refused("42601", "INSERT has more target columns than expressions")
    for (node, type_), column in zip(values, targets, strict=False):
        if column is not None:
            _assign(work, node, type_, column)


def _assign(work: Work, node: Node, type_: TypeName, column: Column) -> None:
    if tree.kind(node) != "SetToDefault" if node is not None else True:
        assign(work, node, type_, column.type, column.name)


def _on_conflict(work: Work, node: Node, item: Item, scope: Scope) -> None:
    target = scope.within((Entry(item),))
    for each in node.infer.index_elems:
        element = each.index_elem
        if element.name:
            conflict.infer_column(work, item, element.name, target)
        else:
            typed(work, element.expr, target)
    if node.infer.HasField("where_clause"):
        typed(work, node.infer.where_clause, target)
    if tree.enum(node, "action") != "ONCONFLICT_UPDATE":
        return
    excluded = Entry(replace(item, name="excluded", has_own_name=False))
    both = scope.within((Entry(item), excluded))
    _set(work, node.target_list, item, both)
    if node.HasField("where_clause"):
        require_boolean(work, node.where_clause, typed(work, node.where_clause, both), "WHERE")


def _set(work: Work, nodes: Iterable[Node], item: Item, scope: Scope) -> None:
    """Analyze SET: all expressions first, then the columns that they are for (42703, 42804)."""
    assert item.relation is not None  # noqa: S101 - a target is a relation
    targets = [each.res_target for each in nodes]
    found = [(each, _set_value(work, each.val, scope)) for each in targets]
    for target, type_ in found:
        column = _column(work, item.relation, target.name)
        if not target.indirection:
            _assign(work, target.val, type_, column)
    _refuse_twice(
        (target.name for target in targets if not target.indirection),
        sqlstate="42601",
        said='multiple assignments to same column "{}"',
    )


def _set_value(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type of a value of SET, which may be one of several: (a, b) = (SELECT ...)."""
    if tree.kind(node) != "MultiAssignRef":
        return typed(work, node, scope)
    several = node.multi_assign_ref
    source = tree.inner(several.source)
    if tree.kind(source) == "RowExpr":
        _require_width(several.ncolumns, len(source.args))
        return typed(work, source.args[several.colno - 1], scope)
    if tree.kind(source) != "SubLink":
        return typed(work, source, scope)
    columns = select.query(work, tree.inner(source.subselect), scope)
    if columns.is_open:
        return NO_TYPE
    _require_width(several.ncolumns, len(columns.outputs))
    found: TypeName = columns.outputs[several.colno - 1].type
    return found


def _require_width(wanted: int, got: int) -> None:
    if wanted != got:
        raise Refused("42601", "number of columns does not match number of values")


def _update(work: Work, node: Node, scope: Scope) -> Columns:
    relation = opened(work, node.relation)
    item = scopes.of_relation(relation, _alias(node.relation))
    inner = sources.from_clause(work, node.from_clause, scope.within((Entry(item),)))
    _where(work, node, inner)
    columns = _returning(work, node, item, inner)
    _set(work, node.target_list, item, inner)
    require_updatable(work, relation, "update")
    return columns


def _delete(work: Work, node: Node, scope: Scope) -> Columns:
    relation = opened(work, node.relation)
    item = scopes.of_relation(relation, _alias(node.relation))
    inner = sources.from_clause(work, node.using_clause, scope.within((Entry(item),)))
    _where(work, node, inner)
    columns = _returning(work, node, item, inner)
    require_updatable(work, relation, "delete")
    return columns


def _where(work: Work, node: Node, scope: Scope) -> None:
    if node.HasField("where_clause"):
        require_boolean(work, node.where_clause, typed(work, node.where_clause, scope), "WHERE")


def _merge(work: Work, node: Node, scope: Scope) -> Columns:
    relation = opened(work, node.relation)
    item = scopes.of_relation(relation, _alias(node.relation))
    source = sources.from_clause(work, [node.source_relation], scope)
    both = scope.within((Entry(item), *source.entries))
    require_boolean(work, node.join_condition, typed(work, node.join_condition, both), "JOIN/ON")
    for each in node.merge_when_clauses:
        when = each.merge_when_clause
        seen = source if tree.enum(when, "match_kind") == "MERGE_WHEN_NOT_MATCHED_BY_TARGET" else both
        if when.HasField("condition"):
            require_boolean(work, when.condition, typed(work, when.condition, seen), "WHEN")
        if tree.enum(when, "command_type") == "CMD_INSERT":
            _merge_insert(work, when, relation, seen)
        elif when.target_list:
            _set(work, when.target_list, item, seen)
    return _returning(work, node, item, both)


def _merge_insert(work: Work, when: Node, relation: Relation, scope: Scope) -> None:
    names = [each.res_target.name for each in when.target_list]
    targets: list[Column | None] = [_column(work, relation, name) for name in names]
    values = [(value, typed(work, value, scope)) for value in when.values]
    if values:
        columns = targets or list(relation.columns)
        _fit(work, values, columns, is_listed=bool(names), is_open=relation.is_assumed and not names)


def _returning(work: Work, node: Node, item: Item, scope: Scope) -> Columns:
    if not node.HasField("returning_clause"):
        return Columns(())
    named = {"OLD": "old", "NEW": "new"}
    for each in node.returning_clause.options:
        option = each.returning_option
        named[tree.enum(option, "option").removeprefix("RETURNING_OPTION_")] = option.value
    taken = {entry.item.name for entry in scope.entries if entry.by_name}
    versions = tuple(
        Entry(replace(item, name=name, has_own_name=False), by_column=False)
        for name in named.values()
        if name not in taken
    )
    targets = target_list(work, node.returning_clause.exprs, scope.within(scope.entries + versions))
    return Columns(targets.outputs, targets.is_open)


def _alias(node: Node) -> str:
    return str(node.alias.aliasname) if node.HasField("alias") else ""


def _column(work: Work, relation: Relation, name: str) -> Column:
    column = work.session.column(relation, name)
    work.use(Ref(relation.oid, column.number))
    return column


def _has_path(node: Node) -> bool:
    """Whether a target is a part of a column: an element or a field."""
    return bool(node.res_target.indirection)


def _refuse_twice(
    names: Iterable[str], *, sqlstate: str = "42701", said: str = 'column "{}" specified more than once'
) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Refused(sqlstate, said.format(name), name)
        seen.add(name)


_STATEMENTS = {"InsertStmt": _insert, "UpdateStmt": _update, "DeleteStmt": _delete, "MergeStmt": _merge}
