"""Literals that get a type from where they stand: parse analysis reads them as that type at once."""

from __future__ import annotations

import re

from harness.simulator.analyze import builtin, types
from harness.simulator.analyze.model import Node, Work
from harness.simulator.catalog.objects import Ref, Type, TypeKind, TypeName
from harness.simulator.errors import Refused
from harness.sql import tree

_PART = re.compile(r'(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)')
_AS_IT_IS = frozenset(("text", "varchar", "bpchar", "name", "record", "unknown", "any"))


def text_of(node: Node) -> str | None:
    """Return the text of a literal that has no type; None for NULL and for any other expression."""
    content = tree.inner(node) if node is not None and node.DESCRIPTOR.name == "Node" else node
    if content is None or content.DESCRIPTOR.name != "A_Const" or content.WhichOneof("val") != "sval":
        return None
    return str(content.sval.sval)


def check(work: Work, node: Node, target: TypeName) -> None:
    """Read a literal as a type: a label that an enum lacks is refused (22P02), a regclass names a relation."""
    text = text_of(node)
    if text is None:
        return
    work.literals[_location(node)] = target
    target = types.bare(types.base_of(work.session, target))
    if target.is_array:
        _read(work, text, target)
        return
    if not target.oid:
        if target.name == "regclass":
            _relation(work, text)
        elif target.name not in _AS_IT_IS:
            _read(work, text, target)
        return
    found = work.session.store.get(target.oid)
    if isinstance(found, Type) and found.kind is TypeKind.ENUM and text not in found.labels:
        work.refuse("22P02", f'invalid input value for enum {found.name}: "{text}"', found.name)


def _location(node: Node) -> int:
    content = tree.inner(node) if node.DESCRIPTOR.name == "Node" else node
    return int(content.location)


def _read(work: Work, text: str, target: TypeName) -> None:
    """Read a literal as a built-in type (22P02, 22007, ...)."""
    from harness.simulator.execute.coerce import coerce  # noqa: PLC0415 - it stands on the analysis

    try:
        coerce(work.session, text, target)
    except Refused as refused:
        work.refuse(refused.sqlstate, refused.message, *refused.about)


def _relation(work: Work, text: str) -> None:
    """Note the relation that a literal of type regclass names (42P01)."""
    parts = split_name(text)
    if parts is None or len(parts) > 2:
        return
    name, schema = parts[-1], parts[0] if len(parts) == 2 else ""
    if builtin.columns(schema or "pg_catalog", name) is not None:
        return
    if schema in ("pg_catalog", "information_schema") or name.startswith("pg_"):
        return
    work.use(Ref(work.session.relation(name, schema).oid))


def split_name(text: str) -> list[str] | None:
    """Return the parts of a name as an identifier's input function reads it; None for what is no name."""
    parts: list[str] = []
    rest = text.strip()
    while True:
        match = _PART.match(rest)
        if match is None:
            return None
        word = match.group()
        parts.append(word[1:-1].replace('""', '"') if word.startswith('"') else word.lower())
        rest = rest[match.end() :].lstrip()
        if not rest:
            return parts
        if not rest.startswith("."):
            return None
        rest = rest[1:].lstrip()
