"""Names of types: what they mean, and how Postgres writes them (parse_type.c, format_type.c)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.simulator.analyze import builtin
from harness.simulator.catalog.objects import NO_TYPE, Relation, Type, TypeKind, TypeName
from harness.simulator.errors import Refused
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.analyze.model import Node
    from harness.simulator.session import Session

SERIALS = {
    "smallserial": TypeName("int2"),
    "serial2": TypeName("int2"),
    "serial": TypeName("int4"),
    "serial4": TypeName("int4"),
    "bigserial": TypeName("int8"),
    "serial8": TypeName("int8"),
}
"""The column types that stand for an integer with a sequence, and the integer of each."""
_HIDDEN = ("pg_catalog", "information_schema")
_SPOKEN = {
    "bool": "boolean",
    "bpchar": "character",
    "char": '"char"',
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "varbit": "bit varying",
    "varchar": "character varying",
}
_ZONED = {
    "time": ("time", " without time zone"),
    "timetz": ("time", " with time zone"),
    "timestamp": ("timestamp", " without time zone"),
    "timestamptz": ("timestamp", " with time zone"),
}


def type_name(session: Session, node: Node) -> TypeName:
    """Return the type that a TypeName node names (42704); the serials are found by `SERIALS` alone.

    NO_TYPE for one that an extension whose content is not known may have brought.
    """
    schema, name = _parts(node)
    if node.pct_type:
        return _type_of_column(session, node)
    found = named(session, name, schema)
    if found is None:
        return _missing(session, name, schema)
    modifiers = _modifiers(node, found.name if not found.oid else "")
    is_array = found.is_array or bool(node.array_bounds)
    return TypeName(found.name, found.oid, modifiers or found.modifiers, is_array)


def named(session: Session, name: str, schema: str = "") -> TypeName | None:
    """Return a type by its name, built-in ones first, as the implicit pg_catalog of every search path has it."""
    if schema in ("", "pg_catalog"):
        found = builtin.type_name(name)
        if found is not None:
            return found
    if schema == "information_schema":
        return TypeName(name) if builtin.domain(name) else NO_TYPE
    own = session.find_type(name, schema)
    if own is not None:
        return TypeName(own.name, own.oid)
    if name.startswith("_") and (own := session.find_type(name[1:], schema)) is not None:
        return TypeName(own.name, own.oid, (), is_array=True)
    return None


def bare(type_: TypeName) -> TypeName:
    """Return a type as overloads and casts see it: without modifiers, and without the name of the ladder's own."""
    if not type_.modifiers and not (type_.oid and type_.name):
        return type_
    return TypeName("" if type_.oid else type_.name, type_.oid, (), type_.is_array)


def same(one: TypeName, other: TypeName) -> bool:
    """Whether two types are the same but for modifiers."""
    return bare(one) == bare(other)


def is_known(type_: TypeName) -> bool:
    """Whether anything is known of a type."""
    return type_.name != "?"


def element(type_: TypeName) -> TypeName:
    """Return the type of an array's elements."""
    return TypeName(type_.name, type_.oid, type_.modifiers)


def array_of(type_: TypeName) -> TypeName:
    """Return the type of an array of these; an array of arrays is one."""
    return TypeName(type_.name, type_.oid, type_.modifiers, is_array=True) if is_known(type_) else NO_TYPE


def base_of(session: Session, type_: TypeName) -> TypeName:
    """Return what a domain is made of, to the bottom; any other type itself."""
    if not type_.oid:
        return type_ if type_.is_array else builtin.domain(type_.name) or type_
    while type_.oid and not type_.is_array:
        found = session.store.get(type_.oid)
        if not isinstance(found, Type) or found.kind is not TypeKind.DOMAIN:
            break
        type_ = found.base
    return type_


def own_names(session: Session, several: Iterable[TypeName]) -> list[str]:
    """Return the names of those types that are the ladder's own."""
    found = (session.store.get(type_.oid) for type_ in several if type_.oid)
    return [each.name for each in found if each is not None]


def format_type(session: Session, type_: TypeName) -> str:
    """Return a type as Postgres writes it: `character varying(20)`, `integer[]`, `app.status`."""
    if not is_known(type_):
        return "unknown"
    suffix = "[]" if type_.is_array else ""
    if type_.oid:
        return _own_name(session, type_) + suffix
    numbers = ",".join(str(number) for number in type_.modifiers)
    shown = f"({numbers})" if numbers else ""
    if type_.name in _ZONED:
        word, zone = _ZONED[type_.name]
        return f"{word}{shown}{zone}{suffix}"
    place = "information_schema." if builtin.domain(type_.name) else ""
    return f"{place}{_SPOKEN.get(type_.name, type_.name)}{shown}{suffix}"


def _own_name(session: Session, type_: TypeName) -> str:
    found = session.store.get(type_.oid)
    if not isinstance(found, (Type, Relation)):
        return type_.name
    name = _quoted(found.name)
    if session.find_type(found.name) == found:
        return name
    schema = session.store.get(found.schema)
    return f"{_quoted(schema.name)}.{name}" if schema is not None else name


def _quoted(name: str) -> str:
    plain = name.isidentifier() and name == name.lower() and name.isascii()
    return name if plain else '"' + name.replace('"', '""') + '"'


def _parts(node: Node) -> tuple[str, str]:
    names = tree.strings(node.names)
    return (names[-2] if len(names) > 1 else ""), names[-1]


def _missing(session: Session, name: str, schema: str) -> TypeName:
    if schema and schema not in _HIDDEN:
        session.schema(schema)
    if name in SERIALS and not schema:
        return TypeName(name)
    if builtin.may_be_of_an_extension(session):
        return NO_TYPE
    full = f"{schema}.{name}" if schema else name
    if not session.may_assume:
        raise Refused("42704", f'type "{full}" does not exist', name)
    session.assumed.append(f"type {full}")
    where = session.creation_schema(schema)
    made = session.store.put(Type(oid=session.store.new_oid(), name=name, schema=where.oid, kind=TypeKind.BASE))
    return TypeName(made.name, made.oid)


def _type_of_column(session: Session, node: Node) -> TypeName:
    """Return the type of a column, written as table.column%TYPE."""
    *table, column = tree.strings(node.names)
    if not table:
        return NO_TYPE
    relation = session.relation(table[-1], table[-2] if len(table) > 1 else "")
    found = session.column(relation, column).type
    return TypeName(found.name, found.oid, found.modifiers, found.is_array or bool(node.array_bounds))


def _modifiers(node: Node, name: str) -> tuple[int, ...]:
    """Return a type's modifiers as numbers; words become some number of their own."""
    numbers = tuple(_number(tree.inner(modifier)) for modifier in node.typmods)
    if name == "numeric" and len(numbers) == 1:
        return (*numbers, 0)
    return numbers


def _number(node: Node) -> int:
    if tree.kind(node) == "A_Const" and node.WhichOneof("val") == "ival":
        return int(node.ival.ival)
    return zlib.crc32(node.SerializeToString(deterministic=True))
