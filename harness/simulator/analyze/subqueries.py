"""Sub-selects in expressions (transformSubLink)."""

from __future__ import annotations

from harness.simulator.analyze import operators, select, types
from harness.simulator.analyze.columns import Columns, single
from harness.simulator.analyze.model import BOOLEAN, Node, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.walk import analyzes, typed
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.errors import Refused
from harness.sql import tree


@analyzes("SelectStmt")
def _select(work: Work, node: Node, scope: Scope) -> TypeName:
    select.query(work, node, scope)
    return NO_TYPE


@analyzes("SubLink")
def sub_link(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type of EXISTS, IN, ANY, ALL, ARRAY and of a sub-select that is a value."""
    form = tree.enum(node, "sub_link_type")
    columns = select.query(work, tree.inner(node.subselect), scope)
    match form:
        case "EXISTS_SUBLINK":
            return BOOLEAN
        case "EXPR_SUBLINK":
            return single(columns)
        case "ARRAY_SUBLINK":
            return types.array_of(single(columns))
        case "ANY_SUBLINK" | "ALL_SUBLINK" | "ROWCOMPARE_SUBLINK":
            _compare(work, node, columns, scope)
            return BOOLEAN
    return NO_TYPE


def _compare(work: Work, node: Node, columns: Columns, scope: Scope) -> None:
    """Compare what stands before IN with each column (42601 for another number of them)."""
    test = tree.inner(node.testexpr)
    parts = list(test.args) if tree.kind(test) == "RowExpr" else [node.testexpr]
    found = [(part, typed(work, part, scope)) for part in parts]
    if columns.is_open:
        return
    if len(columns.outputs) != len(found):
        word = "many" if len(columns.outputs) > len(found) else "few"
        raise Refused("42601", f"subquery has too {word} columns")
    name = tree.strings(node.oper_name)[-1] if node.oper_name else "="
    for part, output in zip(found, columns.outputs, strict=True):
        operators.binary(work, name, part, (None, output.type))
