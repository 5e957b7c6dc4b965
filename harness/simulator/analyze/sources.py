"""FROM: tables, sub-selects, functions and joins of them (parse_clause.c, transformFromClause and below)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from harness.simulator.analyze import rowsets, select, types
from harness.simulator.analyze.coercion import require_boolean
from harness.simulator.analyze.model import INTEGER, Node, Work
from harness.simulator.analyze.relations import named_item
from harness.simulator.analyze.scope import Entry, Field, Item, Scope
from harness.simulator.analyze.walk import all_within, typed
from harness.simulator.catalog.objects import NO_TYPE
from harness.simulator.errors import Refused
from harness.sql import tree

Entries = tuple[Entry, ...]


def from_clause(work: Work, nodes: Iterable[Node], scope: Scope) -> Scope:
    """Return the level of a query with what stands in FROM added (42712 for a name that stands there twice)."""
    entries = scope.entries
    for node in nodes:
        _, more = _source(work, tree.inner(node), scope, entries)
        check_names(entries, more)
        entries += more
    return scope.within(entries)


def check_names(left: Entries, right: Entries) -> None:
    """Refuse items of the same name side by side (42712)."""
    taken = {entry.item.name: entry.item for entry in left if entry.by_name}
    for entry in right:
        name = entry.item.name
        if entry.by_name and name and name in taken and not _are_told_apart(taken[name], entry.item):
            raise Refused("42712", f'table name "{name}" specified more than once', name)


def _are_told_apart(one: Item, other: Item) -> bool:
    """Whether two items of one name are tables of two schemas without aliases."""
    if one.relation is None or other.relation is None or not (one.has_own_name and other.has_own_name):
        return False
    return one.relation.oid != other.relation.oid


def renamed(item: Item, alias: Node) -> Item:
    """Return an item under its alias, with its columns renamed (42P10 for more names than columns)."""
    names = tree.strings(alias.colnames)
    name = alias.aliasname or item.name
    if len(names) > len(item.fields) and not item.is_open:
        said = f'table "{name}" has {len(item.fields)} columns available but {len(names)} columns specified'
        raise Refused("42P10", said, name)
    fields = tuple(
        replace(field, name=names[place]) if place < len(names) else field
        for place, field in enumerate(item.fields)
    )
    fields += tuple(Field(more) for more in names[len(item.fields) :])
    return replace(item, name=name, fields=fields, has_own_name=False)


def _source(work: Work, node: Node, scope: Scope, visible: Entries) -> tuple[Item, Entries]:
    """Return an item of FROM and what can be named of it; `visible` is what stands before it."""
    found = _SOURCES[node.DESCRIPTOR.name](work, node, scope, visible)
    if isinstance(found, tuple):
        return found
    if node.HasField("alias"):
        found = renamed(found, node.alias)
    return found, (Entry(found, by_name=bool(found.name)),)


def _table(work: Work, node: Node, scope: Scope, _visible: Entries) -> Item:
    return named_item(work, node, scope)


def _sub_select(work: Work, node: Node, scope: Scope, visible: Entries) -> Item:
    around = scope.within(visible if node.lateral else ())
    columns = select.query(work, tree.inner(node.subquery), around)
    return columns.item("")


def _function(work: Work, node: Node, scope: Scope, visible: Entries) -> Item:
    return rowsets.functions_item(work, node, scope.within(visible))


def _sample(work: Work, node: Node, scope: Scope, visible: Entries) -> tuple[Item, Entries]:
    for each in node.args:
        typed(work, each, scope.within(visible))
    return _source(work, tree.inner(node.relation), scope, visible)


def _xml_table(work: Work, node: Node, scope: Scope, visible: Entries) -> Item:
    lateral = scope.within(visible)
    for each in (node.docexpr, node.rowexpr):
        typed(work, each, lateral)
    fields = []
    for each in node.columns:
        column = each.range_table_func_col
        has_type = column.HasField("type_name")
        type_ = types.type_name(work.session, column.type_name) if has_type else INTEGER
        fields.append(Field(column.colname, type_))
    return Item("xmltable", tuple(fields))


def _json_table(work: Work, node: Node, scope: Scope, visible: Entries) -> Item:
    all_within(work, node.context_item, scope.within(visible))
    return Item("json_table", tuple(_json_columns(work, node.columns)))


def _json_columns(work: Work, nodes: Iterable[Node]) -> list[Field]:
    fields = []
    for each in nodes:
        column = each.json_table_column
        if column.columns:
            fields += _json_columns(work, column.columns)
        elif column.HasField("type_name"):
            fields.append(Field(column.name, types.type_name(work.session, column.type_name)))
        else:
            fields.append(Field(column.name, INTEGER))
    return fields


def _join(work: Work, node: Node, scope: Scope, visible: Entries) -> tuple[Item, Entries]:
    left, left_entries = _source(work, tree.inner(node.larg), scope, visible)
    right, right_entries = _source(work, tree.inner(node.rarg), scope, visible + left_entries)
    check_names(left_entries, right_entries)
    shared = _shared_names(node, left, right)
    merged = [_merged(work, left, right, name) for name in shared]
    if node.HasField("quals"):
        on = scope.within(left_entries + right_entries)
        require_boolean(work, node.quals, typed(work, node.quals, on), "JOIN/ON")
    fields = (*merged, *_others(left, shared), *_others(right, shared))
    item = Item("", fields, is_open=left.is_open or right.is_open)
    if node.HasField("alias"):
        item = renamed(item, node.alias)
        return item, (Entry(item),)
    entries = tuple(replace(entry, by_column=False) for entry in left_entries + right_entries)
    entries = tuple(entry for entry in entries if entry.by_name)
    if node.HasField("join_using_alias"):
        entries += (Entry(Item(node.join_using_alias.aliasname, tuple(merged)), by_column=False),)
    return item, (*entries, Entry(item, by_name=False))


def _shared_names(node: Node, left: Item, right: Item) -> list[str]:
    """Return the columns of USING, or those that a NATURAL JOIN has in common."""
    if not node.is_natural:
        return tree.strings(node.using_clause)
    there = {field.name for field in right.fields}
    return [field.name for field in left.fields if field.name in there]


def _others(item: Item, shared: Sequence[str]) -> list[Field]:
    return [field for field in item.fields if field.name not in shared]


def _merged(work: Work, left: Item, right: Item, name: str) -> Field:
    """Return the one column that USING makes of two (42703, 42702); both are named by it."""
    found = []
    for item, side in ((left, "left"), (right, "right")):
        same = [field for field in item.fields if field.name == name]
        if len(same) > 1:
            said = f'common column name "{name}" appears more than once in {side} table'
            raise Refused("42702", said, name)
        if not same and not item.is_open and not work.session.may_assume:
            said = f'column "{name}" specified in USING clause does not exist in {side} table'
            raise Refused("42703", said, name)
        found += same
    for field in found:
        work.use(field.ref)
    is_one = len(found) == 2 and found[0].type == found[1].type
    return Field(name, found[0].type if is_one else NO_TYPE)


_Source = Callable[[Work, Node, Scope, Entries], Item | tuple[Item, Entries]]
_SOURCES: dict[str, _Source] = {
    "RangeVar": _table,
    "RangeSubselect": _sub_select,
    "RangeFunction": _function,
    "RangeTableSample": _sample,
    "RangeTableFunc": _xml_table,
    "JsonTable": _json_table,
    "JoinExpr": _join,
}
