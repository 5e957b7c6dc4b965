"""What a statement does at every boot to rows that are not the ladder's own, read off its text alone.

A statement that leaves such rows alone once it has run is not told: an UPDATE whose WHERE looks at a column that it
sets, or picks one row by a constant, a DELETE with a WHERE.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.simulator.model import Drift, DriftKind
from harness.sql.tree import enum, inner, kind, strings

_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "||"))


def unseen(node: Any) -> Iterator[Drift]:
    """Yield what a statement does to any row; `Drift.object` is the table as the statement writes it."""
    match kind(node) if node is not None else "":
        case "TruncateStmt":
            for item in node.relations:
                yield Drift(DriftKind.ROWS_REMOVED, _name(item.range_var), "all rows")
        case "DeleteStmt" if not node.HasField("where_clause") and not node.using_clause:
            yield Drift(DriftKind.ROWS_REMOVED, _name(node.relation), "all rows")
        case "UpdateStmt":
            columns = tuple(_set_again(node))
            if columns:
                yield Drift(DriftKind.ROWS_CHANGED, _name(node.relation), "values set since", columns)


def _name(relation: Any) -> str:
    return f"{relation.schemaname}.{relation.relname}" if relation.schemaname else str(relation.relname)


def _set_again(node: Any) -> Iterator[str]:
    """Yield the columns that an UPDATE sets in rows that it has been over before."""
    targets = {item.res_target.name: item.res_target.val for item in node.target_list}
    looked_at = set(_columns(node.where_clause))
    if node.from_clause or targets.keys() & looked_at:
        return  # what a join leaves alone cannot be read off
    picks = _picks(node.where_clause)
    for name, value in targets.items():
        if _grows(name, value) or (not picks and name not in _columns(value)):
            yield name


def _grows(name: str, value: Any) -> bool:
    """Whether a column is computed from itself in a way that goes on: `price = price * 100`."""
    content = inner(value)
    if content is None or content.DESCRIPTOR.name != "A_Expr":
        return False
    return strings(content.name)[-1] in _ARITHMETIC and name in _columns(value)


def _picks(where: Any) -> bool:
    """Whether a WHERE compares a column with a constant: it means rows that its author knows."""
    content = inner(where)
    if content is None:
        return False
    if content.DESCRIPTOR.name == "BoolExpr":
        return any(_picks(argument) for argument in content.args)
    if content.DESCRIPTOR.name != "A_Expr" or enum(content, "kind") not in ("AEXPR_OP", "AEXPR_IN"):
        return False
    return strings(content.name)[-1] == "=" and kind(content.lexpr) == "ColumnRef" and _is_constant(content.rexpr)


def _is_constant(node: Any) -> bool:
    content = inner(node)
    if content is None:
        return False
    if content.DESCRIPTOR.name == "List":
        return all(_is_constant(item) for item in content.items)
    if content.DESCRIPTOR.name == "TypeCast":
        return _is_constant(content.arg)
    return bool(content.DESCRIPTOR.name == "A_Const")


def _columns(node: Any) -> Iterator[str]:
    """Yield the names of all columns in an expression."""
    if node.DESCRIPTOR.name == "ColumnRef":
        names = [item.string.sval for item in node.fields if item.HasField("string")]
        yield from names[-1:]
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                yield from _columns(each)
