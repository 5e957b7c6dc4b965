"""What a WHERE wants of columns, so that a large relation of Postgres's own need not be gone through whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.simulator.execute.env import EMPTY
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.values import Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

Wanted = Mapping[tuple[str, str], frozenset[Value]]
"""The values of columns, by alias (or an empty text) and name, outside of which no row passes."""


def wanted(session: Session, where: Any) -> Wanted:
    """Return what the parts of a WHERE that are joined by AND say with constants."""
    found: dict[tuple[str, str], frozenset[Value]] = {}
    for part in _conjuncts(where):
        pair = _equality(session, part)
        if pair is not None:
            found[pair[0]] = found.get(pair[0], pair[1]) & pair[1]
    return found


def _conjuncts(node: Any) -> Iterator[Any]:
    if node.DESCRIPTOR.name == "Node":
        node = tree.inner(node)
    if node is None:
        return
    if node.DESCRIPTOR.name == "BoolExpr" and tree.enum(node, "boolop") == "AND_EXPR":
        for each in node.args:
            yield from _conjuncts(each)
    elif node.DESCRIPTOR.name == "A_Expr":
        yield node


def _equality(session: Session, node: Any) -> tuple[tuple[str, str], frozenset[Value]] | None:
    """Return a column and the texts that it is to be among: `c = 'x'` or `c IN ('x', 'y')`."""
    if tree.enum(node, "kind") not in ("AEXPR_OP", "AEXPR_IN") or node.name[-1].string.sval != "=":
        return None
    left, right = node.lexpr, node.rexpr
    if tree.kind(right) == "ColumnRef":
        left, right = right, left
    if tree.kind(left) != "ColumnRef" or not _is_constant(right):
        return None
    names = [field.string.sval for field in left.column_ref.fields if field.HasField("string")]
    value = evaluate(session, right, EMPTY)
    values = value if isinstance(value, list) else [value]
    if not names or len(names) > 2 or not all(isinstance(each, str) for each in values):
        return None
    return (names[0] if len(names) == 2 else "", names[-1]), frozenset(values)


def _is_constant(node: Any) -> bool:
    content = tree.inner(node)
    if content is None:
        return False
    if content.DESCRIPTOR.name == "List":
        return all(_is_constant(item) for item in content.items)
    if content.DESCRIPTOR.name == "TypeCast":
        name = content.type_name.names[-1].string.sval
        return name in ("text", "name", "varchar") and _is_constant(content.arg)
    return bool(content.DESCRIPTOR.name == "A_Const")
