"""Functions in FROM, and the columns that each gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.simulator.analyze import calls, types
from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import Field, Item, Scope
from harness.simulator.analyze.target import column_name
from harness.simulator.catalog.objects import NO_TYPE, Relation, TypeName
from harness.sql import tree


def functions_item(work: Work, node: Node, scope: Scope) -> Item:
    """Return the item that one function in FROM makes, or those of ROWS FROM side by side."""
    fields: list[Field] = []
    is_open = False
    alias = node.alias.aliasname if node.HasField("alias") else ""
    parts = [part for each in node.functions for part in _calls(*each.list.items)]
    item = Item("", ())
    for call, definitions in parts:
        columns = node.coldeflist or definitions
        item = _item(work, call, columns, scope, alias if len(parts) == 1 else "")
        fields += item.fields
        is_open = is_open or item.is_open
    if node.ordinality:
        fields.append(Field("ordinality", TypeName("int8")))
    is_alone = len(parts) == 1 and not node.ordinality
    return replace(item, fields=tuple(fields), is_open=is_open, is_scalar=is_alone and item.is_scalar)


def _calls(call: Node, definitions: Node) -> list[tuple[Node, Sequence[Node]]]:
    """Return a call with the columns defined for it; unnest of several arrays is one call for each."""
    node = tree.inner(call)
    columns = definitions.list.items if definitions.WhichOneof("node") else ()
    is_unnest = node.DESCRIPTOR.name == "FuncCall" and tree.strings(node.funcname) == ["unnest"]
    if not is_unnest or len(node.args) < 2:
        return [(node, columns)]
    several = []
    for argument in node.args:
        one = type(node)()
        one.CopyFrom(node)
        del one.args[:]
        one.args.append(argument)
        several.append((one, columns))
    return several


def _item(work: Work, node: Node, definitions: Iterable[Node], scope: Scope, alias: str) -> Item:
    name = column_name(node)
    if definitions:
        calls.typed_call(work, node, scope)
        fields = [_defined(work, each.column_def) for each in definitions]
        return Item(name, tuple(fields))
    called = calls.typed_call(work, node, scope)
    if len(called.columns) > 1:
        return Item(name, tuple(Field(*each) for each in called.columns), called.type)
    type_ = types.base_of(work.session, called.type)
    relation = work.session.store.get(type_.oid) if type_.oid and not type_.is_array else None
    if isinstance(relation, Relation):
        fields = [Field(column.name, column.type) for column in relation.columns]
        return Item(name, tuple(fields), called.type, is_open=relation.is_assumed)
    if called.columns:
        alias = called.columns[0][0] or alias  # an OUT argument's name comes before the alias
    if called.type == NO_TYPE or called.type.name == "record":
        return Item(name, (Field(alias or name),), NO_TYPE, is_open=True, is_scalar=True)
    return Item(name, (Field(alias or name, called.type),), called.type, is_scalar=True)


def _defined(work: Work, node: Node) -> Field:
    """Return a column of `AS (name type, ...)`."""
    type_ = types.type_name(work.session, node.type_name)
    work.use_type(type_)
    return Field(node.colname, type_)
