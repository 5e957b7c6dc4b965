"""regclass and its kin: names to oids, and oids to names (regproc.c)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.simulator import analyze
from harness.simulator.analyze import builtin
from harness.simulator.catalog.objects import Function, Object, Relation, Role, Schema, Type, TypeName
from harness.simulator.errors import Refused
from harness.simulator.session import SYSTEM_SCHEMAS
from harness.simulator.system import oids
from harness.simulator.system.definitions import quote_ident, relation_text
from harness.simulator.values import UNKNOWN, Value
from harness.sql import parse, tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^\s."]+))\s*(\.|$)')


def names(text: str) -> tuple[str, str]:
    """Return schema (or an empty text) and name of a name as SQL has it (42602)."""
    parts, at = list[str](), 0
    while match := _PART.match(text, at):
        parts.append(match[1].replace('""', '"') if match[1] is not None else match[2].lower())
        at = match.end()
        if match[3] != ".":
            break
    if not parts or at < len(text):
        raise Refused("42602", "invalid name syntax", text)
    return (parts[-2] if len(parts) > 1 else ""), parts[-1]


def regclass(session: Session, value: str | int) -> Value:
    """Return a relation's oid (42P01); for an oid, the same with its name."""
    if isinstance(value, int):
        found = session.store.get(value)
        return oids.Named(value, relation_text(session, found)) if isinstance(found, Relation) else value
    if value.isdigit():
        return int(value)
    schema, name = names(value)
    if is_built_in_relation(session, schema, name):
        return UNKNOWN
    return regclass(session, session.relation(name, schema).oid)


def is_built_in_relation(session: Session, schema: str, name: str) -> bool:
    """Whether a name means one of Postgres's own tables and views."""
    if schema:
        return schema in SYSTEM_SCHEMAS
    return builtin.columns("pg_catalog", name) is not None and "pg_catalog" not in session.search_path


def to_regclass(session: Session, text: str) -> Value:
    """Return a relation's oid, NULL when it does not exist or the text is no name (since Postgres 16)."""
    try:
        schema, name = names(text)
    except Refused:
        return None
    if is_built_in_relation(session, schema, name):
        return UNKNOWN
    found = session.find_relation(name, schema)
    return None if found is None else regclass(session, found.oid)


def regtype(session: Session, value: str | int) -> Value:
    """Return a type's oid (42704); for an oid, the same with its name."""
    if isinstance(value, int):
        type_ = type_of(session, value)
        return value if type_ is None else oids.Named(value, analyze.format_type(session, type_))
    if value.isdigit():
        return int(value)
    type_ = analyze.type_name(session, _type_node(value))
    return regtype(session, oids.of_type(type_)) if type_.name != "?" else UNKNOWN


def type_of(session: Session, oid: int) -> TypeName | None:
    """Return the type that has an oid."""
    found = session.store.get(abs(oid))
    if isinstance(found, Type | Relation):
        return TypeName(found.name, found.oid, (), is_array=oid < 0)
    return oids.built_in_types().get(oid)


def _type_node(text: str) -> object:
    found = parse.nodes(f"SELECT NULL::{text}")
    if not found:
        raise Refused("42601", f'syntax error at or near "{text}"', text)
    return tree.inner(tree.inner(found[0].target_list[0]).val).type_name


def regproc(session: Session, value: str | int) -> Value:
    """Return the oid of the one function of a name (42883, 42725); for an oid, the same with its name."""
    if isinstance(value, int):
        found = session.store.get(value)
        return oids.Named(value, _function_text(session, found)) if isinstance(found, Function) else value
    schema, name = names(value)
    own = session.functions(name, schema)
    if builtin.functions(name) or builtin.may_be_of_an_extension(session):
        return UNKNOWN
    if len(own) > 1:
        raise Refused("42725", f'more than one function named "{value}"', name)
    if not own:
        if session.may_assume:
            return UNKNOWN
        raise Refused("42883", f'function "{value}" does not exist', name)
    return regproc(session, own[0].oid)


def regprocedure(session: Session, value: str | int) -> Value:
    """Return the oid of the function with a name and argument types (42883); for an oid, the same with its name."""
    if isinstance(value, int):
        found = session.store.get(value)
        if not isinstance(found, Function):
            return value
        types = ",".join(analyze.format_type(session, type_) for type_ in found.signature)
        return oids.Named(value, f"{_function_text(session, found)}({types})")
    name, _, rest = value.rstrip(") ").partition("(")
    schema, bare = names(name)
    signature = tuple(
        _plain(analyze.type_name(session, _type_node(each))) for each in rest.split(",") if each.strip()
    )
    for function in session.functions(bare, schema):
        if tuple(map(_plain, function.signature)) == signature:
            return regprocedure(session, function.oid)
    if builtin.functions(bare) or builtin.may_be_of_an_extension(session) or session.may_assume:
        return UNKNOWN
    raise Refused("42883", f'function "{value}" does not exist', bare)


def _plain(type_: TypeName) -> TypeName:
    return TypeName("" if type_.oid else type_.name, type_.oid, (), type_.is_array)


def _function_text(session: Session, function: Function) -> str:
    visible = session.functions(function.name)
    if function in visible:
        return quote_ident(function.name)
    schema = session.store.of(function.schema, Schema)
    return f"{quote_ident(schema.name)}.{quote_ident(function.name)}"


def regnamespace(session: Session, value: str | int) -> Value:
    """Return a schema's oid (3F000); for an oid, the same with its name."""
    if isinstance(value, str) and not value.isdigit():
        return _named(session.schema(names(value)[1]))
    found = session.store.get(int(value))
    return _named(found) if isinstance(found, Schema) else int(value)


def regrole(session: Session, value: str | int) -> Value:
    """Return a role's oid (42704); for an oid, the same with its name."""
    if isinstance(value, str) and not value.isdigit():
        return _named(session.require_role(names(value)[1]))
    found = session.store.get(int(value))
    return _named(found) if isinstance(found, Role) else int(value)


def _named(found: Object) -> oids.Named:
    return oids.Named(found.oid, quote_ident(found.name))


_MISSING = ("42601", "42704", "42725", "42883", "3F000")


def or_null(look_up: Callable[[Session, str | int], Value]) -> Callable[[Session, str], Value]:
    """Return a lookup that gives NULL where nothing has the name."""

    def look(session: Session, text: str) -> Value:
        with session.handler():
            try:
                return look_up(session, text)
            except Refused as refused:
                if refused.sqlstate in _MISSING:
                    return None
                raise

    return look
