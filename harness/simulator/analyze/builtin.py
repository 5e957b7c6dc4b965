"""Postgres's own types, casts, operators and functions, read from its tables once when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Extension, TypeName

if TYPE_CHECKING:
    from harness.simulator.session import Session

_TYPES = frozenset(
    [
        "bool",
        "bytea",
        "char",
        "name",
        "int8",
        "int2",
        "int2vector",
        "int4",
        "regproc",
        "text",
        "oid",
        "tid",
        "xid",
        "cid",
        "oidvector",
        "json",
        "xml",
        "pg_node_tree",
        "point",
        "lseg",
        "path",
        "box",
        "polygon",
        "line",
        "float4",
        "float8",
        "unknown",
        "circle",
        "money",
        "macaddr",
        "inet",
        "cidr",
        "macaddr8",
        "aclitem",
        "bpchar",
        "varchar",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
        "timetz",
        "bit",
        "varbit",
        "numeric",
        "refcursor",
        "regprocedure",
        "regoper",
        "regoperator",
        "regclass",
        "regcollation",
        "regtype",
        "regrole",
        "regnamespace",
        "uuid",
        "pg_lsn",
        "tsvector",
        "gtsvector",
        "tsquery",
        "regconfig",
        "regdictionary",
        "jsonb",
        "jsonpath",
        "txid_snapshot",
        "pg_snapshot",
        "int4range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "int8range",
        "int4multirange",
        "nummultirange",
        "tsmultirange",
        "tstzmultirange",
        "datemultirange",
        "int8multirange",
        "record",
        "cstring",
        "any",
        "anyarray",
        "void",
        "trigger",
        "event_trigger",
        "language_handler",
        "internal",
        "anyelement",
        "anynonarray",
        "anyenum",
        "fdw_handler",
        "index_am_handler",
        "tsm_handler",
        "table_am_handler",
        "anyrange",
        "anycompatible",
        "anycompatiblearray",
        "anycompatiblenonarray",
        "anycompatiblerange",
        "anymultirange",
        "anycompatiblemultirange",
        "xid8",
    ]
)


def type_name(name: str) -> TypeName | None:
    """Return a built-in type by its name in pg_type; `_int4` is an array."""
    if name in _TYPES:
        return TypeName(name)
    if name.startswith("_") and name[1:] in _TYPES:
        return TypeName(name[1:], is_array=True)
    return None


def may_be_of_an_extension(session: Session) -> bool:
    """Whether an extension is there of which is not known what it brings."""
    return any(extension.is_open for extension in session.store.all(Extension, "extensions"))


def columns(schema: str, name: str) -> tuple[tuple[str, TypeName], ...] | None:
    """Return the columns of a table or view of pg_catalog or information_schema; None when there is none."""
    return None
