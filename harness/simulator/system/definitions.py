"""Objects as the statements that make them, in Postgres's words (ruleutils.c); UNKNOWN with an expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Constraint, ConstraintKind, Index, Relation, Schema, TypeName
from harness.simulator.values import UNKNOWN, Rough, Value
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.simulator.session import Session

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_KEYWORDS = """
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case
cast char character check coalesce collate collation column concurrently constraint create cross
current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
interval into is isnull join lateral leading least left like limit localtime localtimestamp natural national
nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay
placing position precision primary real references returning right row select session_user setof similar
smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim
true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat
xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
"""The keywords that quote_ident quotes: all but the unreserved (src/include/parser/kwlist.h)."""
_RESERVED = frozenset(_KEYWORDS.split())
_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def quote_ident(name: str) -> str:
    """Return a name as an identifier, quoted where that is needed."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Return a text as a string constant."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def relation_text(session: Session, relation: Relation) -> str:
    """Return a relation's name, with its schema where the search path does not find it."""
    if session.find_relation(relation.name) == relation:
        return quote_ident(relation.name)
    return full_name(session, relation)


def full_name(session: Session, relation: Relation) -> str:
    """Return a relation's name with its schema."""
    schema = session.store.of(relation.schema, Schema)
    return f"{quote_ident(schema.name)}.{quote_ident(relation.name)}"


def _columns(relation: Relation, numbers: Iterable[int]) -> str:
    columns = [relation.numbered(number) for number in numbers]
    return ", ".join(quote_ident(column.name) for column in columns if column)


def constraint_definition(session: Session, constraint: Constraint) -> Value:
    """Return what pg_get_constraintdef gives."""
    if constraint.kind is ConstraintKind.CHECK:
        return Rough(f"CHECK ({tree.words(constraint.expression)})")
    owner = session.store.get(constraint.owner)
    if not isinstance(owner, Relation):
        return UNKNOWN
    if constraint.kind is ConstraintKind.FOREIGN:
        return _foreign(session, constraint, owner)
    if constraint.kind not in (ConstraintKind.PRIMARY, ConstraintKind.UNIQUE):
        return UNKNOWN
    index = session.store.get(constraint.index)
    words = "PRIMARY KEY" if constraint.kind is ConstraintKind.PRIMARY else "UNIQUE"
    if isinstance(index, Index) and index.nulls_not_distinct:
        words += " NULLS NOT DISTINCT"
    words += f" ({_columns(owner, constraint.columns)})"
    if isinstance(index, Index) and index.included:
        words += f" INCLUDE ({_columns(owner, index.included)})"
    return words + _deferral(constraint)


def _foreign(session: Session, constraint: Constraint, owner: Relation) -> Value:
    other = session.store.get(constraint.references)
    if not isinstance(other, Relation):
        return UNKNOWN
    referenced = f"{relation_text(session, other)}({_columns(other, constraint.referenced)})"
    words = f"FOREIGN KEY ({_columns(owner, constraint.columns)}) REFERENCES {referenced}"
    for event, action in (("UPDATE", constraint.on_update), ("DELETE", constraint.on_delete)):
        words += f" ON {event} {_ACTIONS[action]}" if action in _ACTIONS else ""
    return words + _deferral(constraint) + ("" if constraint.is_validated else " NOT VALID")


def _deferral(constraint: Constraint) -> str:
    words = " DEFERRABLE" if constraint.is_deferrable else ""
    return words + (" INITIALLY DEFERRED" if constraint.is_deferred else "")


def index_definition(session: Session, index: Index) -> Value:
    """Return what pg_get_indexdef gives."""
    table = session.store.of(index.table, Relation)
    unique = "UNIQUE " if index.is_unique else ""
    words = f"CREATE {unique}INDEX {quote_ident(index.name)} ON {full_name(session, table)} USING {index.method}"
    words += f" ({_columns(table, (part.column for part in index.parts))})"
    if index.included:
        words += f" INCLUDE ({_columns(table, index.included)})"
    words += " NULLS NOT DISTINCT" if index.nulls_not_distinct else ""
    if index.predicate is None and not any(part.column == 0 or part.options for part in index.parts):
        return words
    parts = [f"{tree.words(part.expression)} {part.options}" for part in index.parts]
    where = [] if index.predicate is None else ["WHERE", tree.words(index.predicate)]
    return Rough(" ".join([words, *parts, *where]))


_TYPED = {"text": "text", "varchar": "character varying", "bpchar": "bpchar"}


def expression_text(node: Any, type_: TypeName) -> Value:
    """Return a column's DEFAULT as Postgres writes it, where that is plain; otherwise its words."""
    content = tree.inner(node) if node.DESCRIPTOR.name == "Node" else node
    if content.DESCRIPTOR.name == "A_Const" and not type_.is_array:
        which = content.WhichOneof("val")
        if which == "ival":
            return str(content.ival.ival)
        if which == "boolval":
            return "true" if content.boolval.boolval else "false"
        if which == "sval" and type_.name in _TYPED:
            return f"{quote_literal(content.sval.sval)}::{_TYPED[type_.name]}"
    if content.DESCRIPTOR.name == "FuncCall" and not content.args:
        return f"{content.funcname[-1].string.sval}()"
    return Rough(tree.words(node))
