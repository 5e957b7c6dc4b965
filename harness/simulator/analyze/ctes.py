"""WITH (parse_cte.c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.simulator.analyze import select
from harness.simulator.analyze.columns import Columns, united
from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import Field, Item, Scope
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.errors import Refused
from harness.sql import tree


def with_clause(work: Work, node: Node, scope: Scope) -> Scope:
    """Return a level with the queries of a WITH clause (42712 for two of one name)."""
    nodes = [each.common_table_expr for each in node.ctes]
    names = [each.ctename for each in nodes]
    for name in names:
        if names.count(name) > 1:
            raise Refused("42712", f'WITH query name "{name}" specified more than once', name)
    for each in _in_order(nodes) if node.recursive else nodes:
        item = _query(work, each, scope, is_recursive=node.recursive)
        scope = replace(scope, queries={**scope.queries, each.ctename: item})
    return scope


def _in_order(nodes: Sequence[Node]) -> list[Node]:
    """Return the queries so that each comes after those that it reads."""
    names = {each.ctename for each in nodes}
    reads = {each.ctename: names & _tables(each.ctequery) - {each.ctename} for each in nodes}
    done: list[Node] = []
    waiting = list(nodes)
    while waiting:
        ready = next((each for each in waiting if reads[each.ctename] <= {one.ctename for one in done}), waiting[0])
        waiting.remove(ready)
        done.append(ready)
    return done


def _tables(node: Node) -> set[str]:
    """Return the names of all tables in a query."""
    if node.DESCRIPTOR.name == "RangeVar":
        return {node.relname}
    found: set[str] = set()
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                found |= _tables(each)
    return found


def _query(work: Work, node: Node, scope: Scope, *, is_recursive: bool) -> Item:
    content = tree.inner(node.ctequery)
    if is_recursive and node.ctename in _tables(node.ctequery) and content.DESCRIPTOR.name == "SelectStmt":
        columns = _recursive(work, node, content, scope)
    else:
        columns = select.query(work, content, scope)
    return _item(node, columns)


def _recursive(work: Work, node: Node, content: Node, scope: Scope) -> Columns:
    """Analyze a query that reads itself: its first half says what the columns are."""
    if not content.HasField("larg"):
        named = replace(scope, queries={**scope.queries, node.ctename: Item(node.ctename, (), is_open=True)})
        return select.query(work, content, named)
    inner = Scope(parent=scope)
    if content.HasField("with_clause"):
        inner = with_clause(work, content.with_clause, inner)
    first = select.query(work, content.larg, inner)
    itself = _item(node, first)
    again = select.raw_query(work, content.rarg, replace(inner, queries={**inner.queries, node.ctename: itself}))
    return united(work, first, again, tree.enum(content, "op").removeprefix("SETOP_"))


def _item(node: Node, columns: Columns) -> Item:
    """Return a query of WITH as something that FROM can name."""
    item = columns.item(node.ctename)
    names = tree.strings(node.aliascolnames)
    if len(names) > len(item.fields) and not item.is_open:
        many = f"{len(item.fields)} columns available but {len(names)} columns specified"
        said = f'WITH query "{node.ctename}" has {many}'
        raise Refused("42P10", said, node.ctename)
    fields = [replace(field, name=name) for field, name in zip(item.fields, names, strict=False)]
    fields += item.fields[len(names) :] or [Field(name) for name in names[len(item.fields) :]]
    return replace(item, fields=(*fields, *_search_and_cycle(node)))


def _search_and_cycle(node: Node) -> list[Field]:
    """Return the columns that SEARCH and CYCLE add."""
    added = []
    if node.HasField("search_clause"):
        added.append(Field(node.search_clause.search_seq_column))
    if node.HasField("cycle_clause"):
        cycle = node.cycle_clause
        mark = NO_TYPE if cycle.HasField("cycle_mark_value") else TypeName("bool")
        added += [Field(cycle.cycle_mark_column, mark), Field(cycle.cycle_path_column)]
    return added
