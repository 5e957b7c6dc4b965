"""The keys of a new table: those that say the same are one (parse_utilcmd.c, transformIndexConstraints)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.simulator.errors import Refused
from harness.sql import tree

Key = tuple[str, Any]
"""The column that a constraint stands on, or nothing for one of the table; its node."""


_WORDS = {"CONSTR_PRIMARY": "primary key", "CONSTR_UNIQUE": "unique"}


def check(table: str, keys: Iterable[Key], columns: set[str] | None) -> None:
    """Refuse a second primary key (42P16), a column that is not there (42703), or is there twice (42701).

    `columns` is None where they are not all known.
    """
    has_primary = False
    for column, node in keys:
        kind = tree.enum(node, "contype")
        if kind == "CONSTR_PRIMARY" and has_primary:
            raise Refused("42P16", f'multiple primary keys for table "{table}" are not allowed', table)
        has_primary |= kind == "CONSTR_PRIMARY"
        names = [] if column or kind not in _WORDS else tree.strings(node.keys)
        for place, name in enumerate(names):
            if columns is not None and name not in columns:
                raise Refused("42703", f'column "{name}" named in key does not exist', name)
            if name in names[:place]:
                raise Refused("42701", f'column "{name}" appears twice in {_WORDS[kind]} constraint', name)


def without_redundant(keys: Iterable[Key]) -> list[Key]:
    """Return the keys, the primary key first; one like an earlier one leaves that its name, if it has none."""
    kept: list[Key] = []
    for column, node in sorted(keys, key=lambda key: tree.enum(key[1], "contype") != "CONSTR_PRIMARY"):
        said = _said(column, node)
        place = next((place for place, key in enumerate(kept) if _said(*key) == said), None)
        if place is None or said is None:
            kept.append((column, node))
        elif not kept[place][1].conname:
            kept[place] = kept[place][0], _named(kept[place][1], node.conname)
    return kept


def _said(column: str, node: Any) -> tuple[object, ...] | None:
    """Return what makes a primary key or UNIQUE what it is; None for an exclusion."""
    if tree.enum(node, "contype") not in ("CONSTR_PRIMARY", "CONSTR_UNIQUE"):
        return None
    keys = tree.strings(node.keys) or [column]
    timing = node.deferrable, node.initdeferred, node.nulls_not_distinct
    return tuple(keys), tuple(tree.strings(node.including)), timing


def _named(node: Any, name: str) -> Any:
    copy = type(node)()
    copy.CopyFrom(node)
    copy.conname = name
    return copy
