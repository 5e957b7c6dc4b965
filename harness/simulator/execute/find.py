"""Calls of functions within an expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_FOUND: dict[bytes, tuple[Any, ...]] = {}
_MOST = 20_000
_PLAIN = frozenset({"ColumnRef", "A_Const", "ParamRef"})


def calls(node: Any) -> tuple[Any, ...]:
    """Return the FuncCall nodes in an expression but for those within sub-selects; searched once for each text."""
    if node.DESCRIPTOR.name in _PLAIN:
        return ()
    key = node.SerializeToString()
    found = _FOUND.get(key)
    if found is None:
        if len(_FOUND) > _MOST:
            _FOUND.clear()
        found = _FOUND[key] = tuple(_walk(node))
    return found


def _walk(node: Any) -> Iterator[Any]:
    name = node.DESCRIPTOR.name
    if name in ("SubLink", "SelectStmt"):
        return
    if name == "FuncCall":
        yield node
    for field, value in node.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                yield from _walk(each)
