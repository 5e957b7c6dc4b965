"""Tables, views, indexes and sequences, and their columns: pg_class, pg_attribute, pg_index and their kin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.simulator.analyze import builtin
from harness.simulator.catalog.objects import (
    Attached,
    Bond,
    Column,
    Constraint,
    ConstraintKind,
    Default,
    Index,
    Relation,
    RelationKind,
    Schema,
    Sequence,
    Trigger,
)
from harness.simulator.session import SYSTEM_SCHEMAS, TEMPORARY
from harness.simulator.system import oids
from harness.simulator.system.definitions import expression_text, index_definition
from harness.simulator.system.views import Others, Wanted, gives, own, own_column, own_relation
from harness.simulator.values import UNKNOWN, Choice, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED)
_SYSTEM_COLUMN = Choice("column", frozenset({"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"}))
TOAST = 99
"""The oid of pg_toast."""
STORED = (*TABLES, RelationKind.MATERIALIZED)
_Rows = Iterator[dict[str, Value]]


def schema_name(session: Session, oid: int) -> str:
    """Return a schema's name."""
    return session.store.of(oid, Schema).name


def schema_oid(session: Session, name: str) -> int:
    """Return the oid of one of Postgres's own schemas."""
    found = session.find_schema(name)
    return found.oid if found else 0


def relations(session: Session, wanted: Wanted, name: str = "relname", oid: str = "oid") -> Iterable[Relation]:
    """Return the relations that may pass a filter by name or by oid: by key where that is possible."""
    store = session.store
    if oid in wanted:
        found = (store.get(value) for value in wanted[oid] if isinstance(value, int))
        return [each for each in found if isinstance(each, Relation)]
    if name in wanted:
        schemas = [schema.oid for schema in store.each(Schema)]
        keys = [(schema, value) for schema in schemas for value in wanted[name]]
        return [each for key in keys if (each := store.one(Relation, "relation", *key)) is not None]
    return store.each(Relation)


def built_in_relations(wanted: Wanted, name: str) -> list[tuple[str, str]]:
    """Return Postgres's own relations (schema and name) of the names that a filter asks for."""
    values = [value for value in wanted.get(name, ()) if isinstance(value, str)]
    return [(schema, value) for schema in SYSTEM_SCHEMAS for value in values if builtin.columns(schema, value)]


@gives("pg_class")
def pg_class(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a relation."""
    for relation in relations(session, wanted):
        yield {
            "oid": relation.oid,
            "relname": relation.name,
            "relnamespace": relation.schema,
            "reltype": relation.oid,
            "reloftype": 0,
            "relhasindex": bool(session.store.all(Index, "indexes", relation.oid)),
            "relisshared": False,
            "relpersistence": _persistence(session, relation),
            "relkind": str(relation.kind),
            "relnatts": relation.next_column - 1,
            "relhasrules": relation.kind is RelationKind.VIEW or _has(session, relation, "rule"),
            "relhastriggers": UNKNOWN,
            "relrowsecurity": row_security(relation),
            "relforcerowsecurity": bool(dict(relation.settings).get("force row security")),
            "relispopulated": True,
            "relispartition": bool(dict(relation.settings).get("bound")),
        }
    for schema, name in built_in_relations(wanted, "relname"):
        yield {"relname": name, "relnamespace": schema_oid(session, schema)}
    if "relname" not in wanted:
        for schema in SYSTEM_SCHEMAS:
            place = schema_oid(session, schema)
            yield Others(oid=own("relation"), relname=own_relation(schema), relnamespace=place)
        yield Others(oid=own("relation"), relname=own_relation("pg_catalog"), relnamespace=TOAST)


def _persistence(session: Session, relation: Relation) -> str:
    if schema_name(session, relation.schema) == TEMPORARY:
        return "t"
    return "u" if dict(relation.settings).get("persistence") == "unlogged" else "p"


def row_security(relation: Relation) -> bool:
    """Whether row level security is enabled on a table."""
    return bool(dict(relation.settings).get("row security"))


def _has(session: Session, relation: Relation, kind: str) -> bool:
    return any(each.kind == kind for each in session.store.all(Attached, "attached", relation.oid))


@gives("pg_attribute")
def pg_attribute(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a column, of dropped ones too; system columns are not listed one by one."""
    for relation in relations(session, wanted, "", "attrelid"):
        columns = {column.number: column for column in relation.columns}
        for number in range(1, relation.next_column):
            column = columns.get(number)
            yield _dropped(relation, number) if column is None else _attribute(session, relation, column)
        if relation.kind in STORED:
            yield Others(attrelid=relation.oid, attname=_SYSTEM_COLUMN, attnum=-1, attisdropped=False)
    if "attrelid" not in wanted:
        for schema in SYSTEM_SCHEMAS:
            yield Others(attrelid=own("relation"), attname=own_column(schema))
        yield Others(attrelid=own("relation"), attname=_SYSTEM_COLUMN, attnum=-1)


def _attribute(session: Session, relation: Relation, column: Column) -> dict[str, Value]:
    default = session.store.one(Default, "default", relation.oid, column.number)
    return {
        "attrelid": relation.oid,
        "attname": column.name,
        "atttypid": oids.of_type(column.type),
        "attnum": column.number,
        "atttypmod": typmod(column),
        "attndims": 1 if column.type.is_array else 0,
        "attnotnull": column.not_null,
        "atthasdef": default is not None,
        "atthasmissing": UNKNOWN,
        "attidentity": column.identity,
        "attgenerated": "s" if column.is_generated else "",
        "attisdropped": False,
        "attislocal": not column.is_inherited,
        "attinhcount": int(column.is_inherited),
    }


def _dropped(relation: Relation, number: int) -> dict[str, Value]:
    name = f"........pg.dropped.{number}........"
    return {"attrelid": relation.oid, "attname": name, "atttypid": 0, "attnum": number, "attisdropped": True,
            "attnotnull": False, "atthasdef": False}  # fmt: skip


def typmod(column: Column) -> Value:
    """Return atttypmod: of varchar(n) n + 4, of numeric(p, s) both with 4 added; -1 for none."""
    numbers = column.type.modifiers
    if not numbers:
        return -1
    if column.type.name in ("varchar", "bpchar"):
        return numbers[0] + 4
    if column.type.name == "numeric":
        return (numbers[0] << 16 | (numbers[1] if len(numbers) > 1 else 0)) + 4
    return UNKNOWN


@gives("pg_attrdef")
def pg_attrdef(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a default."""
    for default in session.store.each(Default):
        table = session.store.of(default.table, Relation)
        column = table.numbered(default.column)
        text = expression_text(default.expression, column.type) if column else UNKNOWN
        yield {"oid": default.oid, "adrelid": default.table, "adnum": default.column, "adbin": text}


@gives("pg_index")
def pg_index(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row an index."""
    for index in relations(session, wanted, "", "indexrelid"):
        if isinstance(index, Index):
            yield _index(session, index)
    if "indexrelid" not in wanted:
        yield Others(indexrelid=own("relation"), indrelid=own("relation"))


def _index(session: Session, index: Index) -> dict[str, Value]:
    constraint = constraint_of(session, index)
    kind = constraint.kind if constraint else None
    return {
        "indexrelid": index.oid,
        "indrelid": index.table,
        "indnatts": len(index.parts) + len(index.included),
        "indnkeyatts": len(index.parts),
        "indisunique": index.is_unique,
        "indnullsnotdistinct": index.nulls_not_distinct,
        "indisprimary": index.is_primary,
        "indisexclusion": kind is ConstraintKind.EXCLUSION,
        "indimmediate": not (constraint and constraint.is_deferrable),
        "indisvalid": index.is_valid,
        "indisready": index.is_valid,
        "indislive": True,
        "indkey": [*(part.column for part in index.parts), *index.included],
        "indexprs": UNKNOWN if any(part.column == 0 for part in index.parts) else None,
        "indpred": None if index.predicate is None else UNKNOWN,
    }


def constraint_of(session: Session, index: Index) -> Constraint | None:
    """Return the constraint that an index is a part of."""
    for dependency in index.depends:
        if dependency.bond is Bond.INTERNAL:
            found = session.store.get(dependency.on.oid)
            if isinstance(found, Constraint):
                return found
    return None


@gives("pg_indexes")
def pg_indexes(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row an index, with the statement that makes it."""
    for index in relations(session, wanted, "indexname", ""):
        if isinstance(index, Index):
            table = session.store.of(index.table, Relation)
            yield {
                "schemaname": schema_name(session, index.schema),
                "tablename": table.name,
                "indexname": index.name,
                "tablespace": None,
                "indexdef": index_definition(session, index),
            }
    yield Others(
        schemaname="pg_catalog", tablename=own_relation("pg_catalog"), indexname=own_relation("pg_catalog")
    )


@gives("pg_tables")
def pg_tables(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a table."""
    for table in relations(session, wanted, "tablename", ""):
        if table.kind in TABLES:
            yield {
                "schemaname": schema_name(session, table.schema),
                "tablename": table.name,
                "tablespace": None,
                "hasindexes": bool(session.store.all(Index, "indexes", table.oid)),
                "hasrules": _has(session, table, "rule"),
                "hastriggers": bool(session.store.all(Trigger, "triggers", table.oid)) or UNKNOWN,
                "rowsecurity": row_security(table),
            }
    for schema in SYSTEM_SCHEMAS:
        yield Others(schemaname=schema, tablename=own_relation(schema))


@gives("pg_views")
def pg_views(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a view."""
    for view in relations(session, wanted, "viewname", ""):
        if view.kind is RelationKind.VIEW:
            yield {"schemaname": schema_name(session, view.schema), "viewname": view.name}
    for schema in SYSTEM_SCHEMAS:
        yield Others(schemaname=schema, viewname=own_relation(schema))


@gives("pg_matviews")
def pg_matviews(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a materialized view."""
    for view in relations(session, wanted, "matviewname", ""):
        if view.kind is RelationKind.MATERIALIZED:
            yield {
                "schemaname": schema_name(session, view.schema),
                "matviewname": view.name,
                "tablespace": None,
                "hasindexes": bool(session.store.all(Index, "indexes", view.oid)),
                "ispopulated": True,
            }


@gives("pg_sequence", "pg_sequences")
def pg_sequence(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a sequence."""
    for sequence in relations(session, wanted, "sequencename", "seqrelid"):
        if not isinstance(sequence, Sequence):
            continue
        standing = session.store.sequences.get(sequence.oid)
        yield {
            "seqrelid": sequence.oid,
            "seqtypid": oids.of_type(sequence.type),
            "seqstart": sequence.start,
            "seqincrement": sequence.increment,
            "seqmin": sequence.minimum,
            "seqmax": sequence.maximum,
            "seqcache": UNKNOWN,
            "seqcycle": sequence.cycles,
            "schemaname": schema_name(session, sequence.schema),
            "sequencename": sequence.name,
            "start_value": sequence.start,
            "min_value": sequence.minimum,
            "max_value": sequence.maximum,
            "increment_by": sequence.increment,
            "cycle": sequence.cycles,
            "last_value": UNKNOWN if standing is None else standing.last if standing.is_called else None,
        }


@gives("pg_inherits")
def pg_inherits(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a parent of a table."""
    for table in session.store.each(Relation):
        for place, parent in enumerate(table.parents, start=1):
            yield {"inhrelid": table.oid, "inhparent": parent, "inhseqno": place, "inhdetachpending": False}


@gives("pg_partitioned_table")
def pg_partitioned_table(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a partitioned table."""
    for table in session.store.each(Relation):
        if table.kind is RelationKind.PARTITIONED:
            yield {"partrelid": table.oid}


@gives("pg_stat_user_tables", "pg_stat_all_tables", "pg_statio_user_tables")
def pg_stat_user_tables(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a table; what was counted is not known."""
    for table in relations(session, wanted, "relname", "relid"):
        if table.kind in STORED:
            yield {"relid": table.oid, "schemaname": schema_name(session, table.schema), "relname": table.name}


@gives("pg_stat_user_indexes")
def pg_stat_user_indexes(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row an index; what was counted is not known."""
    for index in session.store.each(Index):
        table = session.store.of(index.table, Relation)
        schema = schema_name(session, index.schema)
        yield {"relid": table.oid, "indexrelid": index.oid, "schemaname": schema, "relname": table.name,
               "indexrelname": index.name}  # fmt: skip
