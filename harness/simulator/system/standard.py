"""information_schema's tables, columns, views, schemas, sequences, domains, routines and triggers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.simulator.analyze import types
from harness.simulator.catalog.objects import (
    Column,
    Default,
    Function,
    Relation,
    RelationKind,
    Role,
    Schema,
    Sequence,
    Trigger,
    Type,
    TypeKind,
    TypeName,
)
from harness.simulator.session import TEMPORARY
from harness.simulator.system.definitions import expression_text
from harness.simulator.system.relations import TABLES, relations, schema_name
from harness.simulator.system.views import Others, Wanted, gives, own, own_column, own_function, own_relation
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Rows = Iterator[dict[str, Value]]
_SCHEMA = "information_schema"
_SYSTEM = ("pg_catalog", _SCHEMA)
_KINDS = {
    RelationKind.TABLE: "BASE TABLE",
    RelationKind.PARTITIONED: "BASE TABLE",
    RelationKind.VIEW: "VIEW",
    RelationKind.FOREIGN: "FOREIGN",
}
_PRECISIONS = {"int2": 16, "int4": 32, "int8": 64, "float4": 24, "float8": 53}
_TIMES = frozenset({"timestamp", "timestamptz", "time", "timetz", "interval"})


def yes(value: object) -> str:
    """Return a yes_or_no."""
    return "YES" if value else "NO"


def others(**columns: str) -> Iterator[Others]:
    """Yield what stands for Postgres's own rows; `columns` says what names each column holds."""
    for schema in _SYSTEM:
        known = {"schema": schema, "relation": own_relation(schema), "function": own_function()}
        known["column"] = own_column(schema)
        yield Others({name: known.get(what) or own(what) for name, what in columns.items()})


def shown(session: Session, wanted: Wanted, name: str = "table_name") -> Iterable[Relation]:
    """Return the relations that information_schema calls tables."""
    return [each for each in relations(session, wanted, name, "") if each.kind in _KINDS]


def schema_in(session: Session, relation: Relation) -> str:
    """Return a relation's schema."""
    return schema_name(session, relation.schema)


@gives("tables", schema=_SCHEMA)
def tables(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a table or view."""
    for table in shown(session, wanted):
        schema = schema_in(session, table)
        kind = "LOCAL TEMPORARY" if schema == TEMPORARY else _KINDS[table.kind]
        yield {
            "table_schema": schema,
            "table_name": table.name,
            "table_type": kind,
            "is_insertable_into": yes(True) if table.kind in TABLES else UNKNOWN,
            "is_typed": "NO",
        }
    yield from others(table_schema="schema", table_name="relation")


@gives("columns", schema=_SCHEMA)
def columns(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a column."""
    names = wanted.get("column_name")
    for table in shown(session, wanted):
        schema = schema_in(session, table)
        for column in table.columns:
            if names is None or column.name in names:
                yield _column(session, table, schema, column)
        if table.is_assumed:
            known = [column.name for column in table.columns]
            if names is None or not names.issubset(known):
                yield Others(table_schema=schema, table_name=table.name, column_name=UNKNOWN)
    yield from others(table_schema="schema", table_name="relation", column_name="column")


def _column(session: Session, table: Relation, schema: str, column: Column) -> dict[str, Value]:
    domain = session.store.get(column.type.oid) if column.type.oid and not column.type.is_array else None
    is_domain = isinstance(domain, Type) and domain.kind is TypeKind.DOMAIN
    base = domain.base if is_domain and isinstance(domain, Type) else column.type
    not_null = column.not_null or bool(is_domain and isinstance(domain, Type) and domain.not_null)
    return {
        "table_schema": schema,
        "table_name": table.name,
        "column_name": column.name,
        "ordinal_position": column.number,
        "column_default": _default(session, table, column),
        "is_nullable": UNKNOWN if table.is_assumed and not not_null else yes(not not_null),
        **typed(session, base),
        "domain_name": domain.name if is_domain and domain else None,
        "domain_schema": schema_name(session, domain.schema) if is_domain and isinstance(domain, Type) else None,
        "is_identity": yes(column.identity),
        "identity_generation": {"a": "ALWAYS", "d": "BY DEFAULT"}.get(column.identity),
        "is_generated": "ALWAYS" if column.is_generated else "NEVER",
        "is_updatable": yes(True) if table.kind in TABLES else UNKNOWN,
        "is_self_referencing": "NO",
    }


def _default(session: Session, table: Relation, column: Column) -> Value:
    """Return a default as text; NULL where there is none."""
    default = session.store.one(Default, "default", table.oid, column.number)
    return None if default is None or column.is_generated else expression_text(default.expression, column.type)


def typed(session: Session, type_: TypeName) -> dict[str, Value]:
    """Return the columns that tell a type."""
    if not types.is_known(type_):
        return {}
    own = session.store.get(type_.oid) if type_.oid else None
    name = own.name if own else type_.name
    numbers = () if type_.is_array else type_.modifiers
    plain = TypeName(type_.name, type_.oid)
    data_type = "ARRAY" if type_.is_array else "USER-DEFINED" if own else types.format_type(session, plain)
    return {
        "data_type": data_type,
        "udt_schema": schema_name(session, own.schema) if isinstance(own, Type | Relation) else "pg_catalog",
        "udt_name": f"_{name}" if type_.is_array else name,
        **_sizes(type_, numbers),
    }


def _sizes(type_: TypeName, numbers: tuple[int, ...]) -> dict[str, Value]:
    is_text = type_.name in ("varchar", "bpchar") and not type_.is_array
    is_numeric = type_.name == "numeric" and not type_.is_array
    precision = None if type_.is_array else _PRECISIONS.get(type_.name)
    scale = numbers[1] if len(numbers) > 1 else 0
    exact = 0 if type_.name.startswith("int") and precision else None
    time = None if type_.is_array or type_.name not in _TIMES else numbers[0] if numbers else 6
    return {
        "character_maximum_length": numbers[0] if is_text and numbers else None,
        "numeric_precision": (numbers[0] if numbers else None) if is_numeric else precision,
        "numeric_scale": (scale if numbers else None) if is_numeric else exact,
        "datetime_precision": 0 if type_.name == "date" and not type_.is_array else time,
    }


@gives("views", schema=_SCHEMA)
def views(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a view."""
    for view in shown(session, wanted):
        if view.kind is RelationKind.VIEW:
            yield {"table_schema": schema_in(session, view), "table_name": view.name}
    yield from others(table_schema="schema", table_name="relation")


@gives("schemata", schema=_SCHEMA)
def schemata(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a schema."""
    for schema in session.store.each(Schema):
        if schema.name != TEMPORARY:
            yield {"schema_name": schema.name}
    yield {"schema_name": "pg_toast"}


@gives("sequences", schema=_SCHEMA)
def sequences(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a sequence."""
    for sequence in session.store.each(Sequence):
        yield {
            "sequence_schema": schema_in(session, sequence),
            "sequence_name": sequence.name,
            "data_type": types.format_type(session, sequence.type),
            "start_value": str(sequence.start),
            "minimum_value": str(sequence.minimum),
            "maximum_value": str(sequence.maximum),
            "increment": str(sequence.increment),
            "cycle_option": yes(sequence.cycles),
        }


@gives("domains", schema=_SCHEMA)
def domains(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a domain."""
    for type_ in session.store.each(Type):
        if type_.kind is TypeKind.DOMAIN:
            yield {"domain_schema": schema_name(session, type_.schema), "domain_name": type_.name,
                   **typed(session, type_.base)}  # fmt: skip
    yield from others(domain_schema="schema", domain_name="type")


@gives("user_defined_types", schema=_SCHEMA)
def user_defined_types(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a composite type."""
    for relation in session.store.each(Relation):
        if relation.kind is RelationKind.COMPOSITE:
            schema = schema_in(session, relation)
            yield {"user_defined_type_schema": schema, "user_defined_type_name": relation.name}


@gives("routines", schema=_SCHEMA)
def routines(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a function or procedure."""
    names = wanted.get("routine_name")
    for function in session.store.each(Function):
        if names is None or function.name in names:
            schema = schema_name(session, function.schema)
            yield {
                "specific_schema": schema,
                "specific_name": f"{function.name}_{function.oid}",
                "routine_schema": schema,
                "routine_name": function.name,
                "routine_type": {"f": "FUNCTION", "p": "PROCEDURE"}.get(function.kind),
                "routine_definition": function.body,
                "external_language": function.language.upper(),
            }
    yield from others(specific_schema="schema", routine_schema="schema", routine_name="function")


@gives("triggers", schema=_SCHEMA)
def triggers(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row for each event of a trigger; TRUNCATE is not in the standard."""
    for trigger in session.store.each(Trigger):
        table = session.store.of(trigger.table, Relation)
        schema = schema_in(session, table)
        for event in sorted(trigger.events - {"truncate"}):
            yield {
                "trigger_schema": schema,
                "trigger_name": trigger.name,
                "event_manipulation": event.upper(),
                "event_object_schema": schema,
                "event_object_table": table.name,
                "action_orientation": "ROW" if trigger.is_row else "STATEMENT",
                "action_timing": {"instead": "INSTEAD OF"}.get(trigger.timing, trigger.timing.upper()),
            }


@gives("enabled_roles", "applicable_roles", schema=_SCHEMA)
def enabled_roles(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a role: a superuser is a member of all."""
    for role in session.store.each(Role):
        yield {"role_name": role.name}
    yield Others(role_name=own("role"))
