"""Calls of functions (parse_func.c)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.walk import analyzes, typed
from harness.simulator.catalog.objects import NO_TYPE, Function, Ref, TypeName
from harness.sql import tree


@analyzes("FuncCall")
def function_call(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type that a function gives."""
    for each in node.args:
        typed(work, each, scope)
    for each in node.agg_order:
        typed(work, each.sort_by.node, scope)
    if node.HasField("agg_filter"):
        typed(work, node.agg_filter, scope)
    if node.HasField("over"):
        window(work, node.over, scope)
    function = _find(work, node)
    if function is None:
        return NO_TYPE
    work.use(Ref(function.oid))
    return function.returns


def window(work: Work, node: Node, scope: Scope) -> None:
    """Analyze what stands in a window's parentheses."""
    for each in node.partition_clause:
        typed(work, each, scope)
    for each in node.order_clause:
        typed(work, each.sort_by.node, scope)


def _find(work: Work, node: Node) -> Function | None:
    """Return the ladder's own function that is called, where there is but one that fits."""
    schema, name = tree.qualified(node.funcname)
    found = work.session.functions(name, schema)
    fitting = [function for function in found if len(function.signature) == len(node.args)]
    return fitting[0] if len(fitting) == 1 else (found[0] if len(found) == 1 else None)


@dataclass(frozen=True, slots=True)
class Called:
    """What a call gives; `columns` where it is a row of them that has no type of its own."""

    type: TypeName
    columns: tuple[tuple[str, TypeName], ...] | None = None


def typed_call(work: Work, node: Node, scope: Scope) -> Called:
    """Return what a function in FROM gives."""
    if node.DESCRIPTOR.name != "FuncCall":
        return Called(typed(work, node, scope))
    type_ = function_call(work, node, scope)
    function = _find(work, node)
    outs = [(each.name, each.type) for each in function.arguments if each.mode in "obt"] if function else []
    return (
        Called(
            type_, tuple(outs) if len(outs) > 1 or any(each.mode == "t" for each in function.arguments) else None
        )
        if function
        else Called(type_)
    )
