"""GROUP BY: which columns may stand outside of aggregates, and the primary keys that it rests on (parse_agg.c)."""

from __future__ import annotations

from collections.abc import Iterator

from harness.simulator.analyze import candidates, clauses
from harness.simulator.analyze.conflict import written
from harness.simulator.analyze.model import Node, Output, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.target import Target, Targets
from harness.simulator.analyze.walk import typed
from harness.simulator.catalog.objects import NO_TYPE, Constraint, ConstraintKind, Ref, Relation
from harness.sql import tree


def check(work: Work, node: Node, targets: Targets, scope: Scope) -> None:
    """Refuse a column that is not grouped (42803), unless its table's primary key is: then the query rests on that.

    Only tables that stand in FROM once are looked at, and no grouping sets.
    """
    if any(tree.kind(each) == "GroupingSet" for each in node.group_clause):
        return
    keys = [_key(each, targets, scope) for each in node.group_clause]
    texts = {written(each.node) for each in keys if each.node is not None}
    grouped = {ref for each in keys for ref in _refs(work, each, scope)}
    is_sure = None not in grouped
    tables = _tables(scope)
    said: set[int] = set()
    for ref in _ungrouped(work, node, targets, scope, texts):
        if ref in grouped or ref.oid not in tables or ref.oid in said:
            continue
        said.add(ref.oid)
        key = _primary_key(work, ref.oid)
        if key is not None and {Ref(ref.oid, number) for number in key.columns} <= grouped:
            work.use(Ref(key.oid))
        elif is_sure:
            _refuse(work, tables[ref.oid], ref)


def _refuse(work: Work, names: tuple[str, Relation], ref: Ref) -> None:
    name, relation = names
    column = relation.numbered(ref.column)
    if column is not None and not relation.is_assumed:
        full = f"{name}.{column.name}"
        said = f'column "{full}" must appear in the GROUP BY clause or be used in an aggregate function'
        work.refuse("42803", said, relation.name, column.name)


def _key(node: Node, targets: Targets, scope: Scope) -> Target:
    """Return what a key of GROUP BY means: an expression, or a column of the result by its name or place."""
    content = tree.inner(node)
    by_place = tree.kind(node) == "A_Const" and content.WhichOneof("val") == "ival"
    if by_place and 1 <= content.ival.ival <= len(targets.items):
        place: int = content.ival.ival - 1
        return targets.items[place]
    name = clauses.bare_name(node)
    named = [each for each in targets.items if name and each.output.name == name]
    if named and not clauses.is_column(name, scope):
        return named[0]
    return Target(Output(name, NO_TYPE), node)


def _refs(work: Work, target: Target, scope: Scope) -> Iterator[Ref | None]:
    """Yield the columns that a key is: one at most, unless it is a list of them; None for one of no table."""
    if target.field is not None:
        yield target.field.ref
    elif tree.kind(target.node) == "RowExpr":
        for each in tree.inner(target.node).args:
            yield from _refs(work, Target(target.output, each), scope)
    elif tree.kind(target.node) == "ColumnRef":
        yield from _columns(work, target.node, scope) or [None]


def _tables(scope: Scope) -> dict[int, tuple[str, Relation]]:
    """Return the tables that stand in FROM once, by oid, with their names there."""
    found: dict[int, list[tuple[str, Relation]]] = {}
    for entry in scope.entries:
        relation = entry.item.relation
        if relation is not None:
            found.setdefault(relation.oid, []).append((entry.item.name, relation))
    return {oid: several[0] for oid, several in found.items() if len(several) == 1}


def _primary_key(work: Work, oid: int) -> Constraint | None:
    found = work.session.store.all(Constraint, "constraints", oid)
    return next((each for each in found if each.kind is ConstraintKind.PRIMARY and not each.is_deferrable), None)


def _ungrouped(work: Work, node: Node, targets: Targets, scope: Scope, texts: set[str]) -> Iterator[Ref]:
    """Yield the columns that stand outside of aggregates, and of what is grouped."""
    for target in targets.items:
        if target.field is not None:
            yield from [target.field.ref] if target.field.ref else []
        else:
            yield from _outside(work, target.node, scope, texts)
    if node.HasField("having_clause"):
        yield from _outside(work, node.having_clause, scope, texts)


def _outside(work: Work, node: Node, scope: Scope, texts: set[str]) -> Iterator[Ref]:
    content = tree.inner(node) if node.DESCRIPTOR.name == "Node" else node
    if content is None or written(content) in texts:
        return
    match content.DESCRIPTOR.name:
        case "ColumnRef":
            yield from _columns(work, content, scope)
        case "SubLink" | "SelectStmt":
            return
        case "FuncCall" if not content.HasField("over") and _is_aggregate(work, content):
            return
        case _:
            for each in _children(content):
                yield from _outside(work, each, scope, texts)


def _is_aggregate(work: Work, node: Node) -> bool:
    schema, name = tree.qualified(node.funcname)
    found = candidates.named(work.session, name, schema)
    return not found or any(each.kind == "a" for each in found)


def _children(node: Node) -> Iterator[Node]:
    for field, value in node.ListFields():
        if field.message_type is not None and field.message_type.name != "TypeName":
            yield from value if field.is_repeated else (value,)


def _columns(work: Work, node: Node, scope: Scope) -> set[Ref]:
    """Return the column of this level that a name means."""
    alone = Work(work.session)
    typed(alone, node, scope)
    return alone.depends
