"""Target lists: what `*` stands for, and the names that columns get (parse_target.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from harness.simulator.analyze import names, types
from harness.simulator.analyze.model import Node, Output, Work
from harness.simulator.analyze.scope import Field, Item, Scope
from harness.simulator.analyze.walk import typed
from harness.simulator.catalog.objects import Relation
from harness.simulator.errors import Refused
from harness.sql import tree

UNNAMED = "?column?"


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a target list, and the expression that it is (None where it comes from `*`)."""

    output: Output
    node: Node = None
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """A target list; `is_open` where a `*` may stand for more columns than are known."""

    items: tuple[Target, ...]
    is_open: bool = False

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The columns."""
        return tuple(item.output for item in self.items)


def target_list(work: Work, nodes: Iterable[Node], scope: Scope) -> Targets:
    """Analyze what stands between SELECT and FROM, or after RETURNING."""
    items: list[Target] = []
    is_open = False
    for node in nodes:
        target = node.res_target
        stars = _star(work, target.val, scope)
        if stars is None:
            name = target.name or column_name(tree.inner(target.val))
            items.append(Target(Output(name, typed(work, target.val, scope)), target.val))
            continue
        for item in stars:
            is_open = is_open or item.is_open
            items += _expanded(work, item)
    return Targets(tuple(items), is_open)


def _expanded(work: Work, item: Item) -> Iterator[Target]:
    for field in item.fields:
        work.use(field.ref)
        yield Target(Output(field.name, field.type), None, field)


def _star(work: Work, node: Node, scope: Scope) -> list[Item] | None:
    """Return the items that `*`, `t.*` or `(row).*` stands for; None for any other expression."""
    content = tree.inner(node)
    match tree.kind(node):
        case "ColumnRef" if content.fields[-1].WhichOneof("node") == "a_star":
            table = tree.strings(content.fields[:-1])
            return [_table(work, table, scope)] if table else _all(scope)
        case "A_Indirection" if content.indirection[-1].WhichOneof("node") == "a_star":
            return [_of_row(work, content, scope)]
    return None


def _all(scope: Scope) -> list[Item]:
    entries = [entry for entry in scope.entries if entry.by_column]
    if not entries:
        raise Refused("42601", "SELECT * with no tables specified is not valid")
    return [entry.item for entry in entries]


def _table(work: Work, table: list[str], scope: Scope) -> Item:
    item = names.find_item(work, table[-2:], scope)
    if item is not None:
        return item
    variable, _ = scope.variable(table[-1])
    if variable is None:
        raise names.missing_item(table[-1])
    return Item("", (), variable, is_open=True)


def _of_row(work: Work, node: Node, scope: Scope) -> Item:
    """Return the columns of a composite value: (f(x)).*."""
    type_ = types.base_of(work.session, typed(work, node, scope))
    relation = work.session.store.get(type_.oid) if type_.oid and not type_.is_array else None
    if not isinstance(relation, Relation):
        return Item("", (), is_open=True)
    fields = tuple(Field(column.name, column.type) for column in relation.columns)
    return Item("", fields, is_open=relation.is_assumed)


def column_name(node: Node) -> str:
    """Return the name that an expression's column gets without AS (FigureColname)."""
    return _figure(node)[0] or UNNAMED


def _figure(node: Node) -> tuple[str, int]:
    """Return a name and how strong it is: 0 none, 1 weak, 2 strong."""
    if node is None:
        return "", 0
    if node.DESCRIPTOR.name == "Node":
        return _figure(tree.inner(node))
    figure = _FIGURES.get(node.DESCRIPTOR.name)
    if figure is not None:
        return figure(node)
    name = _NAMES.get(node.DESCRIPTOR.name, "")
    return name, 2 if name else 0


def _of_indirection(node: Node) -> tuple[str, int]:
    name = _last_name(node.indirection)
    return (name, 2) if name else _figure(node.arg)


def _of_operator(node: Node) -> tuple[str, int]:
    return ("nullif", 2) if tree.enum(node, "kind") == "AEXPR_NULLIF" else ("", 0)


def _of_cast(node: Node) -> tuple[str, int]:
    name, strength = _figure(node.arg)
    return (name, strength) if strength > 1 else (tree.strings(node.type_name.names)[-1], 1)


def _of_case(node: Node) -> tuple[str, int]:
    name, strength = _figure(node.defresult)
    return (name, strength) if strength > 1 else ("case", 1)


def _of_word(node: Node) -> tuple[str, int]:
    """Return the name of what is spelled as a word: CURRENT_DATE, GREATEST, XMLFOREST, JSON_VALUE."""
    word = tree.enum(node, "op").removesuffix("_OP").removesuffix("_N")
    name = word.removeprefix("IS_").removeprefix("SVFOP_").lower()
    return ("", 0) if name == "document" else (name, 2)


_NAMES = {
    "GroupingFunc": "grouping",
    "MergeSupportFunc": "merge_action",
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "CoalesceExpr": "coalesce",
    "XmlSerialize": "xmlserialize",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonArrayQueryConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
}


def _last_name(steps: Iterable[Node]) -> str:
    named = [step.string.sval for step in steps if step.WhichOneof("node") == "string"]
    return named[-1] if named else ""


def _of_sub_link(node: Node) -> tuple[str, int]:
    match tree.enum(node, "sub_link_type"):
        case "EXISTS_SUBLINK":
            return "exists", 2
        case "ARRAY_SUBLINK":
            return "array", 2
        case "EXPR_SUBLINK":
            query = node.subselect.select_stmt
            while query.HasField("larg"):
                query = query.larg
            if not query.target_list:
                return "column1", 2
            target = query.target_list[0].res_target
            return target.name or column_name(target.val), 2
    return "", 0


_FIGURES: dict[str, Callable[[Node], tuple[str, int]]] = {
    "ColumnRef": lambda node: (_last_name(node.fields), 2),
    "A_Indirection": _of_indirection,
    "FuncCall": lambda node: (tree.strings(node.funcname)[-1], 2),
    "A_Expr": _of_operator,
    "TypeCast": _of_cast,
    "CollateClause": lambda node: _figure(node.arg),
    "SubLink": _of_sub_link,
    "CaseExpr": _of_case,
    "MinMaxExpr": _of_word,
    "SQLValueFunction": _of_word,
    "XmlExpr": _of_word,
    "JsonFuncExpr": _of_word,
}
