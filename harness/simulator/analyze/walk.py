"""From a node of an expression to the function that analyzes its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from harness.simulator.analyze.model import Node, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.sql import tree

Analyzer = Callable[[Work, Node, Scope], TypeName]
_ANALYZERS: dict[str, Analyzer] = {}
_MODULES = ("names", "expression", "operators", "calls", "subqueries")


def analyzes(*kinds: str) -> Callable[[Analyzer], Analyzer]:
    """Register the function that analyzes nodes of these kinds."""

    def register(analyzer: Analyzer) -> Analyzer:
        _ANALYZERS.update(dict.fromkeys(kinds, analyzer))
        return analyzer

    return register


def typed(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type of an expression, and note what it names; NO_TYPE where the type cannot be told."""
    if node is not None and node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    if node is None:
        return NO_TYPE
    load()
    analyzer = _ANALYZERS.get(node.DESCRIPTOR.name)
    if analyzer is not None:
        return analyzer(work, node, scope)
    all_within(work, node, scope)
    return NO_TYPE


@cache
def load() -> None:
    """Import the analyzers: those of all kinds are registered then."""
    for module in _MODULES:
        import_module(f"{__package__}.{module}")


def all_within(work: Work, node: Node, scope: Scope) -> None:
    """Analyze the expressions directly within a node of which nothing else is known."""
    for child in _children(node):
        typed(work, child, scope)


def _children(node: Node) -> Iterator[Node]:
    for field, value in node.ListFields():
        if field.message_type is None or field.message_type.name == "TypeName":
            continue
        yield from value if field.is_repeated else (value,)
