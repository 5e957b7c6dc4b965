"""Short ways to read libpg_query's parse trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def inner(node: Any) -> Any:
    """Return what a Node wraps; None for an empty one."""
    which = node.WhichOneof("node")
    return None if which is None else getattr(node, which)


_KINDS: dict[str, str] = {}
"""The fields of Node (`column_ref`), with the names of what stands in them (`ColumnRef`)."""
_ENUMS: dict[tuple[str, str], dict[int, str]] = {}
"""The values of enum fields by number, for each type of node and field."""


def kind(node: Any) -> str:
    """Return the name of a node's type, such as ColumnRef; of a wrapped one's content, empty when there is none."""
    descriptor = node.DESCRIPTOR
    if descriptor.name != "Node":
        return str(descriptor.name)
    if not _KINDS:
        _KINDS.update({field.name: field.message_type.name for field in descriptor.fields})
    which = node.WhichOneof("node")
    return "" if which is None else _KINDS[which]


def enum(node: Any, field: str) -> str:
    """Return the name of an enum field's value, such as AT_AddColumn."""
    descriptor = node.DESCRIPTOR
    names = _ENUMS.get((descriptor.name, field))
    if names is None:
        values = descriptor.fields_by_name[field].enum_type.values
        names = _ENUMS[descriptor.name, field] = {value.number: value.name for value in values}
    return names[getattr(node, field)]


def strings(items: Any) -> list[str]:
    """Return the texts of a list of String nodes."""
    return [item.string.sval for item in items]


def qualified(items: Any) -> tuple[str, str]:
    """Return schema (or an empty text) and name of a list of String nodes."""
    names = strings(items)
    return (names[-2] if len(names) > 1 else ""), names[-1]


def commands(alter_table: Any) -> list[tuple[str, str]]:
    """Return subtype (AT_DropColumn, ...) and name of each command of an ALTER TABLE."""
    found = (item.alter_table_cmd for item in alter_table.cmds)
    return [(enum(command, "subtype"), command.name) for command in found]


def words(node: Any) -> str:
    """Return the names and constants in a tree, in its order, with spaces between; texts are quoted."""
    return " ".join(_words(node)) if node is not None else ""


def _words(node: Any) -> Iterator[str]:
    if node.DESCRIPTOR.name == "A_Const":
        which = node.WhichOneof("val")
        quote = "'" if which == "sval" else ""
        yield f"{quote}{getattr(getattr(node, which), which) if which else 'NULL'}{quote}"
        return
    for field, value in node.ListFields():
        if field.name == "sval":
            yield value
        elif field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                yield from _words(each)
