"""Functions that ask about the session and the catalogs, and the few that set something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator import analyze
from harness.simulator.catalog.objects import (
    Bond,
    Constraint,
    Fact,
    Function,
    Index,
    Ref,
    Relation,
    Sequence,
    TypeName,
)
from harness.simulator.errors import Refused
from harness.simulator.execute.functions import builtin
from harness.simulator.session import SYSTEM_SCHEMAS, TEMPORARY
from harness.simulator.system import lookups
from harness.simulator.system.definitions import constraint_definition, full_name, index_definition, quote_ident
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

VERSION = 150_000
"""The oldest server that is simulated: what asks for an older one is answered as all of them answer."""

DATABASE = "database"
"""The name that stands for the ladder's own database, whatever that is: a ladder seldom asks which it is in."""

builtin("to_regclass")(lookups.to_regclass)
builtin("to_regtype")(lookups.or_null(lookups.regtype))
builtin("to_regproc")(lookups.or_null(lookups.regproc))
builtin("to_regprocedure")(lookups.or_null(lookups.regprocedure))
builtin("to_regnamespace")(lookups.or_null(lookups.regnamespace))
builtin("to_regrole")(lookups.or_null(lookups.regrole))


# settings


@builtin("set_config", strict=False)
def _set_config(session: Session, name: Value, value: Value, is_local: Value = False) -> Value:
    from harness.simulator.play.settings import assign  # noqa: PLC0415 - it calls this room

    if not isinstance(name, str):
        return UNKNOWN
    if value is not None and not isinstance(value, str):
        session.settings[name.lower()] = ""
        return UNKNOWN
    values = None if value is None else [value]
    if name.lower() == "search_path" and value is not None:
        values = [lookups.names(part)[1] for part in value.split(",") if part.strip()]
    assign(session, name.lower(), values, is_local=is_local is True)
    return value


@builtin("current_setting", strict=False)
def _current_setting(session: Session, name: Value, missing_ok: Value = False) -> Value:
    if not isinstance(name, str):
        return None if name is None else UNKNOWN
    key = name.lower()
    known = {"server_version_num": str(VERSION), "search_path": ", ".join(map(_as_setting, session.search_path))}
    if key in known or key in session.settings:
        return session.settings.get(key, known.get(key))
    if "." not in key:
        return UNKNOWN
    if missing_ok is True:
        return None
    if missing_ok is UNKNOWN or session.may_assume:
        return UNKNOWN
    raise Refused("42704", f'unrecognized configuration parameter "{name}"', name)


def _as_setting(name: str) -> str:
    return f'"{name}"' if name.startswith("$") else name


@builtin("version", strict=False)
def _version(_session: Session) -> Value:
    return f"PostgreSQL {VERSION // 10_000}.0 on x86_64-pc-linux-gnu, compiled by gcc, 64-bit"


@builtin("current_schema", strict=False)
def _current_schema(session: Session) -> Value:
    hidden = (TEMPORARY, *SYSTEM_SCHEMAS)
    return next((schema.name for schema in session.path() if schema.name not in hidden), None)


@builtin("current_schemas")
def _current_schemas(session: Session, implicit: Value) -> Value:
    names = [schema.name for schema in session.path() if schema.name != TEMPORARY]
    if implicit:
        return names
    return [name for name in names if name != "pg_catalog" or name in session.search_path]


@builtin("current_database", "current_catalog", strict=False)
def _current_database(_session: Session) -> Value:
    return DATABASE


@builtin("current_user", "session_user", "current_role", "user", strict=False)
def _current_user(session: Session) -> Value:
    return session.role


@builtin("pg_is_in_recovery", strict=False)
def _false(_session: Session) -> Value:
    return False


# definitions


@builtin("pg_get_constraintdef")
def _constraint(session: Session, oid: Value, _pretty: Value = False) -> Value:
    found = session.store.get(oid)
    return constraint_definition(session, found) if isinstance(found, Constraint) else None


@builtin("pg_get_indexdef")
def _index(session: Session, oid: Value, column: Value = 0, _pretty: Value = False) -> Value:
    found = session.store.get(oid)
    if column:
        return UNKNOWN
    return index_definition(session, found) if isinstance(found, Index) else None


@builtin("pg_get_function_identity_arguments", "pg_get_function_arguments")
def _arguments(session: Session, oid: Value) -> Value:
    found = session.store.get(oid)
    if not isinstance(found, Function):
        return UNKNOWN
    shown = []
    for argument in found.arguments:
        if argument.mode == "t":
            continue
        mode = {"o": "OUT ", "b": "INOUT ", "v": "VARIADIC "}.get(argument.mode, "")
        name = f"{quote_ident(argument.name)} " if argument.name else ""
        shown.append(f"{mode}{name}{analyze.format_type(session, argument.type)}")
    return ", ".join(shown)


@builtin("pg_get_serial_sequence")
def _serial_sequence(session: Session, table: Value, column: Value) -> Value:
    schema, name = lookups.names(table)
    relation = session.relation(name, schema)
    number = session.column(relation, column).number
    for found, dependency in session.store.dependents(Ref(relation.oid, number)):
        is_owned = dependency.bond in (Bond.AUTO, Bond.INTERNAL)
        if isinstance(found, Sequence) and is_owned:
            return full_name(session, found)
    return UNKNOWN if session.store.of(relation.oid, Relation).is_assumed else None


@builtin("pg_get_expr", strict=False)
def _expression(_session: Session, text: Value, *_arguments: Value) -> Value:
    """Return an expression that a catalog keeps: in what is computed here, it is its text already."""
    return text


@builtin("pg_get_viewdef", "pg_get_functiondef", "pg_get_triggerdef", "pg_get_ruledef",
         "pg_get_function_result", "pg_get_partkeydef", strict=False)  # fmt: skip
def _definition(_session: Session, *_arguments: Value) -> Value:
    return UNKNOWN


@builtin("format_type", strict=False)
def _format_type(session: Session, oid: Value, modifier: Value = None) -> Value:
    if oid is None:
        return None
    type_ = lookups.type_of(session, oid) if isinstance(oid, int) else None
    if type_ is None or modifier is UNKNOWN:
        return UNKNOWN
    return analyze.format_type(session, _modified(type_, modifier))


def _modified(type_: TypeName, modifier: Value) -> TypeName:
    if modifier is None or modifier < 0:
        return type_
    number = modifier - 4
    modifiers = (number >> 16, number & 0xFFFF) if type_.name == "numeric" else (number,)
    return TypeName(type_.name, type_.oid, modifiers, type_.is_array)


@builtin("obj_description", strict=False)
def _obj_description(session: Session, oid: Value, _catalog: Value = None) -> Value:
    return _comment(session, oid, 0)


@builtin("col_description")
def _col_description(session: Session, oid: Value, number: Value) -> Value:
    return _comment(session, oid, number)


def _comment(session: Session, oid: Value, number: int) -> Value:
    if oid is UNKNOWN or isinstance(oid, Fresh):
        return UNKNOWN
    found = session.store.one(Fact, "fact", oid, number, "comment")
    return found.value if found else None


# what is seen, and what is allowed


@builtin("pg_table_is_visible")
def _table_is_visible(session: Session, oid: Value) -> Value:
    found = session.store.get(oid)
    return session.find_relation(found.name) == found if isinstance(found, Relation) else UNKNOWN


@builtin("pg_type_is_visible")
def _type_is_visible(session: Session, oid: Value) -> Value:
    found = session.store.get(oid)
    return session.find_type(found.name) == found if found is not None else UNKNOWN


@builtin("pg_function_is_visible")
def _function_is_visible(session: Session, oid: Value) -> Value:
    found = session.store.get(oid)
    return found in session.functions(found.name) if isinstance(found, Function) else UNKNOWN


@builtin("pg_my_temp_schema", strict=False)
def _temporary_schema(session: Session) -> Value:
    return session.schema(TEMPORARY).oid


@builtin("has_table_privilege", "has_schema_privilege", "has_database_privilege", "has_function_privilege",
         "has_column_privilege", "has_sequence_privilege", "has_type_privilege", "pg_has_role")  # fmt: skip
def _may(_session: Session, *arguments: Value) -> Value:
    """Whether the role that boots may: it may do anything; what others may is not known."""
    return True if len(arguments) == 2 else UNKNOWN
