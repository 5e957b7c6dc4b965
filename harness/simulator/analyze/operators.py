"""Operators (parse_oper.c)."""

from __future__ import annotations

from harness.simulator.analyze.model import BOOLEAN, Node, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.walk import analyzes, typed
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.sql import tree

Operand = tuple[Node, TypeName]


@analyzes("A_Expr")
def operator_expression(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type that an operator gives."""
    form = tree.enum(node, "kind")
    left = typed(work, node.lexpr, scope) if node.HasField("lexpr") else None
    if node.rexpr.WhichOneof("node") == "list":
        for each in node.rexpr.list.items:
            typed(work, each, scope)
        return BOOLEAN
    right = typed(work, node.rexpr, scope)
    if form == "AEXPR_NULLIF":
        return left or NO_TYPE
    if form != "AEXPR_OP":
        return BOOLEAN
    return binary(work, tree.strings(node.name)[-1], (node.lexpr, left or NO_TYPE), (node.rexpr, right))


def binary(work: Work, name: str, left: Operand, right: Operand) -> TypeName:
    """Return the type that an operator between two expressions gives."""
    return BOOLEAN if name in ("=", "<>", "<", ">", "<=", ">=", "~", "!~", "~~", "!~~") else NO_TYPE
