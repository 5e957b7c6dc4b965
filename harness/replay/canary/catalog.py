"""Reads from Postgres's catalog what the tables are and what they ask of a row."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from psycopg.rows import namedtuple_row

from harness.replay.canary.model import Column, ForeignKey, Rule, Table, Type

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import LiteralString

    import psycopg
    from psycopg.rows import TupleRow

_T = TypeVar("_T")
_WORD = re.compile(r"\w+")

# A partition is filled through its parent; what an extension owns is the extension's.
_TABLES = r"""
SELECT c.oid::bigint, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       (SELECT count(*) FROM pg_inherits i WHERE c.relkind = 'p' AND i.inhparent = c.oid) AS partitions
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
SELECT a.attrelid::bigint AS relation, a.attname AS name, a.atttypid::bigint AS type,
       format_type(a.atttypid, a.atttypmod) AS type_name, a.attnotnull AS not_null,
       coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS default,
       a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
_NAMES = "ARRAY(SELECT attname::text FROM unnest({}) WITH ORDINALITY k(n, i) JOIN pg_attribute ON attrelid = {} AND attnum = n ORDER BY i)"  # noqa: E501
# A row of a partitioned table has to suit one of its leaves: that is one more CHECK.
_CHECKS = f"""
SELECT conrelid::bigint AS relation, conname AS name, {_NAMES.format("conkey", "conrelid")} AS columns,
       pg_get_expr(conbin, conrelid) AS expression
FROM pg_constraint WHERE contype = 'c' AND conrelid = ANY (%(oids)s)
UNION ALL
SELECT p.partrelid::bigint, '', {_NAMES.format("p.partattrs", "p.partrelid")},
       (SELECT string_agg('(' || pg_get_partition_constraintdef(t.relid) || ')', ' OR ' ORDER BY t.relid)
        FROM pg_partition_tree(p.partrelid) t WHERE t.isleaf AND t.relid <> p.partrelid)
FROM pg_partitioned_table p WHERE p.partrelid = ANY (%(oids)s)
ORDER BY 1, 2
"""
_KEYS = f"""
SELECT i.indrelid::bigint AS relation, c.relname AS name, {_NAMES.format("i.indkey", "i.indrelid")} AS columns,
       coalesce(pg_get_expr(i.indexprs, i.indrelid), '') AS expression
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid = ANY (%s)
ORDER BY i.indrelid, c.relname
"""
_FOREIGN_KEYS = f"""
SELECT conrelid::bigint AS relation, conname AS name, {_NAMES.format("conkey", "conrelid")} AS columns,
       confrelid::bigint AS parent, {_NAMES.format("confkey", "confrelid")} AS parent_columns
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY (%s)
ORDER BY conrelid, conname
"""
_TYPES = """
SELECT t.oid::bigint, format_type(t.oid, NULL) AS name, t.typcategory::text AS category,
       CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN 'a' ELSE t.typtype::text END AS kind,
       ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder) AS labels,
       CASE WHEN t.typtype = 'd' THEN ARRAY[t.typbasetype::bigint]
            WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN ARRAY[t.typelem::bigint]
            WHEN t.typtype IN ('r', 'm')
            THEN ARRAY(SELECT rngsubtype::bigint FROM pg_range WHERE t.oid IN (rngtypid, rngmultitypid))
            WHEN t.typtype = 'c'
            THEN ARRAY(SELECT atttypid::bigint FROM pg_attribute
                       WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
            ELSE ARRAY[]::bigint[] END AS parts,
       format_type(t.typbasetype, t.typtypmod) AS base_name, t.typnotnull AS not_null,
       ARRAY(SELECT pg_get_expr(conbin, 0) FROM pg_constraint
             WHERE contypid = t.oid AND contype = 'c' ORDER BY conname) AS checks
FROM pg_type t WHERE t.oid = ANY (%s)
"""


def read(connection: psycopg.Connection[TupleRow]) -> list[Table]:
    """Return the tables that a user made, by schema and name; views and partitions are not among them."""
    tables = _rows(connection, _TABLES, None)
    oids = [row.oid for row in tables]
    column_rows = _rows(connection, _COLUMNS, [oids])
    types = _Types(connection, {row.type for row in column_rows})
    columns = _grouped((row.relation, _column(row, types)) for row in column_rows)
    checks = _grouped(
        (row.relation, _rule(row, columns[row.relation]))
        for row in _rows(connection, _CHECKS, {"oids": oids})
        if row.expression
    )
    keys = _grouped((row.relation, _rule(row, columns[row.relation])) for row in _rows(connection, _KEYS, [oids]))
    foreign_keys = _grouped(
        (row.relation, ForeignKey(row.name, tuple(row.columns), row.parent, tuple(row.parent_columns)))
        for row in _rows(connection, _FOREIGN_KEYS, [oids])
    )
    return [
        Table(
            row.oid,
            row.schema,
            row.name,
            row.kind,
            columns.get(row.oid, ()),
            checks.get(row.oid, ()),
            keys.get(row.oid, ()),
            foreign_keys.get(row.oid, ()),
            row.partitions,
        )
        for row in tables
    ]


def _rows(connection: psycopg.Connection[TupleRow], query: LiteralString, parameters: Any) -> list[Any]:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[NamedTuple] = cursor.execute(query, parameters).fetchall()
    return rows


def _grouped(pairs: Iterable[tuple[int, _T]]) -> dict[int, tuple[_T, ...]]:
    groups: dict[int, list[_T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _column(row: Any, types: _Types) -> Column:
    type_ = types.of(row.type, row.type_name)
    not_null = row.not_null or (type_.kind == "d" and type_.not_null)
    return Column(row.name, type_, not_null, row.default, row.identity, row.generated)


def _rule(row: Any, columns: tuple[Column, ...]) -> Rule:
    """Return a CHECK or a key; the columns that its expression names belong to it too."""
    words = set(_WORD.findall(row.expression))
    named = (column.name for column in columns if column.name in words and column.name not in row.columns)
    return Rule(row.name, (*row.columns, *named), row.expression)


class _Types:
    """The types of some oids, and those that they are made of."""

    def __init__(self, connection: psycopg.Connection[TupleRow], oids: set[int]) -> None:
        self._rows: dict[int, Any] = {}
        while oids:
            self._rows |= {row.oid: row for row in _rows(connection, _TYPES, [list(oids)])}
            oids = {part for row in self._rows.values() for part in row.parts} - self._rows.keys()

    def of(self, oid: int, name: str) -> Type:
        """Return a type; `name` has the modifier that a column gives it."""
        row = self._rows[oid]
        names = [self._rows[part].name for part in row.parts]
        if row.kind == "d":
            names = [row.base_name]
        elif row.kind == "a":
            names = [name.removesuffix("[]")]  # an array's modifier is its element's
        parts = tuple(self.of(part, part_name) for part, part_name in zip(row.parts, names, strict=True))
        not_null = row.not_null or any(part.not_null for part in parts if row.kind == "d")
        return Type(name, row.kind, row.category, tuple(row.labels), parts, tuple(row.checks), not_null)
