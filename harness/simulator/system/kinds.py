"""Schemas, types, functions, extensions and languages: pg_namespace, pg_type, pg_enum, pg_proc and their kin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.simulator.analyze import builtin
from harness.simulator.catalog import contrib
from harness.simulator.catalog.objects import (
    ROW_TYPES,
    Extension,
    Function,
    Other,
    Relation,
    Schema,
    Type,
    TypeKind,
    TypeName,
)
from harness.simulator.session import TEMPORARY
from harness.simulator.system import oids
from harness.simulator.system.relations import schema_oid
from harness.simulator.system.views import Others, Wanted, gives, own, own_function, own_relation
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Rows = Iterator[dict[str, Value]]
LANGUAGES = {"internal": 12, "c": 13, "sql": 14, "plpgsql": 13_500}
"""Oids; that of plpgsql differs between versions."""
_NOT_POSTGRES = frozenset({"vector", "adminpack", "old_snapshot", "pg_logicalinspect", "uuid-ossp"})
"""Extensions of known content that not every server of Postgres 15 to 18 has."""
_CATEGORIES = {TypeKind.ENUM: "E", TypeKind.RANGE: "R", TypeKind.BASE: "U", TypeKind.SHELL: "P"}


@gives("pg_namespace")
def pg_namespace(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a schema."""
    for schema in session.store.each(Schema):
        if schema.name != TEMPORARY:
            yield {"oid": schema.oid, "nspname": schema.name}
    yield {"oid": 99, "nspname": "pg_toast"}


@gives("pg_type")
def pg_type(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a type, with its array: the ladder's own, those of tables' rows, and Postgres's."""
    for type_ in session.store.each(Type):
        yield _type(type_)
        yield _array(type_.oid, type_.name, type_.schema)
    for relation in session.store.each(Relation):
        if relation.kind in ROW_TYPES:
            yield _row_type(relation)
            yield _array(relation.oid, relation.name, relation.schema)
    yield from _built_in_types(session)
    if "typname" not in wanted:
        yield Others(
            typname=own_relation("pg_catalog"), typnamespace=schema_oid(session, "pg_catalog"), typtype="c"
        )
        yield Others(typname=own("type"), typnamespace=schema_oid(session, "information_schema"))


def _type(type_: Type) -> dict[str, Value]:
    return {
        "oid": type_.oid,
        "typname": type_.name,
        "typnamespace": type_.schema,
        "typtype": str(type_.kind),
        "typcategory": _CATEGORIES.get(type_.kind, UNKNOWN),
        "typispreferred": False,
        "typisdefined": type_.kind is not TypeKind.SHELL,
        "typrelid": 0,
        "typelem": 0,
        "typarray": -type_.oid,
        "typnotnull": type_.not_null,
        "typbasetype": oids.of_type(type_.base) if type_.kind is TypeKind.DOMAIN else 0,
        "typtypmod": UNKNOWN,
    }


def _row_type(relation: Relation) -> dict[str, Value]:
    return {"oid": relation.oid, "typname": relation.name, "typnamespace": relation.schema, "typtype": "c",
            "typcategory": "C", "typispreferred": False, "typisdefined": True, "typrelid": relation.oid,
            "typelem": 0, "typarray": -relation.oid, "typnotnull": False, "typbasetype": 0}  # fmt: skip


def _array(oid: int, name: str, schema: int) -> dict[str, Value]:
    return {"oid": -oid, "typname": f"_{name}", "typnamespace": schema, "typtype": "b", "typcategory": "A",
            "typispreferred": False, "typisdefined": True, "typrelid": 0, "typelem": oid, "typarray": 0,
            "typnotnull": False, "typbasetype": 0}  # fmt: skip


def _built_in_types(session: Session) -> _Rows:
    catalog = schema_oid(session, "pg_catalog")
    for oid, type_ in oids.built_in_types().items():
        if type_.is_array:
            yield _array(oids.of_type(TypeName(type_.name)), type_.name, catalog) | {"oid": oid}
        else:
            category = builtin.category(type_.name)
            kind = {"P": "p", "R": "r"}.get(category, "b")
            yield {"oid": oid, "typname": type_.name, "typnamespace": catalog, "typtype": kind,
                   "typcategory": category, "typisdefined": True, "typrelid": 0, "typbasetype": 0}  # fmt: skip


@gives("pg_enum")
def pg_enum(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a label; the order of labels is that of their numbers."""
    for type_ in session.store.each(Type):
        for place, label in enumerate(type_.labels, start=1):
            yield {"oid": own("label"), "enumtypid": type_.oid, "enumsortorder": float(place), "enumlabel": label}


@gives("pg_range")
def pg_range(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a range type."""
    for type_ in session.store.each(Type):
        if type_.kind is TypeKind.RANGE:
            yield {"rngtypid": type_.oid, "rngsubtype": oids.of_type(type_.base)}
    yield Others(rngtypid=own("range"))


@gives("pg_proc")
def pg_proc(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a function of the ladder's own; of Postgres's, those that are asked for by name."""
    names = wanted.get("proname")
    for function in session.store.each(Function):
        if names is None or function.name in names:
            yield _function(function)
    catalog = schema_oid(session, "pg_catalog")
    for name in names or ():
        for candidate in builtin.functions(name) if isinstance(name, str) else ():
            yield {"proname": name, "pronamespace": catalog, "prokind": candidate.kind,
                   "pronargs": len(candidate.arguments), "proretset": candidate.returns_set,
                   "proargtypes": [oids.of_type(type_) for type_ in candidate.arguments]}  # fmt: skip
    if names is None:
        yield Others(oid=own("function"), proname=own_function(), pronamespace=catalog)
        yield Others(oid=own("function"), proname=own("function"),
                     pronamespace=schema_oid(session, "information_schema"))  # fmt: skip
    if builtin.may_be_of_an_extension(session):
        yield Others(oid=own("function"), pronamespace=UNKNOWN)


def _function(function: Function) -> dict[str, Value]:
    inputs = [argument for argument in function.arguments if argument.mode in "ibv"]
    is_plain = len(inputs) == len(function.arguments)
    return {
        "oid": function.oid,
        "proname": function.name,
        "pronamespace": function.schema,
        "prolang": LANGUAGES.get(function.language.lower(), UNKNOWN),
        "prokind": function.kind,
        "prosecdef": bool(dict(function.settings).get("security")),
        "proretset": function.returns_set,
        "pronargs": len(inputs),
        "pronargdefaults": sum(argument.default is not None for argument in inputs),
        "prorettype": oids.of_type(function.returns),
        "proargtypes": [oids.of_type(argument.type) for argument in inputs],
        "proallargtypes": None if is_plain else [oids.of_type(argument.type) for argument in function.arguments],
        "proargmodes": None if is_plain else [argument.mode for argument in function.arguments],
        "proargnames": [argument.name for argument in function.arguments] or None,
        "prosrc": function.body if function.tree is None else "",
    }


@gives("pg_extension")
def pg_extension(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row an extension; plpgsql is in every database."""
    for extension in session.store.all(Extension, "extensions"):
        yield {"oid": extension.oid, "extname": extension.name, "extnamespace": extension.schema}
    if session.store.one(Extension, "extension", "plpgsql") is None:
        yield {"oid": 13_501, "extname": "plpgsql", "extnamespace": schema_oid(session, "pg_catalog")}


@gives("pg_available_extensions")
def pg_available_extensions(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row an extension that is there or comes with Postgres; others may be at hand, or not."""
    there = {extension.name for extension in session.store.all(Extension, "extensions")} | {"plpgsql"}
    known = there | set(contrib.names()) - _NOT_POSTGRES
    for name in sorted(known):
        yield {"name": name, "installed_version": UNKNOWN if name in there else None}
    if not wanted.get("name", frozenset({""})).issubset(known):
        yield Others(name=UNKNOWN)


@gives("pg_language")
def pg_language(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a language."""
    for name, oid in LANGUAGES.items():
        yield {
            "oid": oid,
            "lanname": name,
            "lanispl": name == "plpgsql",
            "lanpltrusted": name in ("sql", "plpgsql"),
        }
    for other in session.store.each(Other):
        if other.kind == "language":
            yield {"oid": other.oid, "lanname": other.name, "lanispl": True}
