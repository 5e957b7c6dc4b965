"""What stands in tables: rows by key where there is one, as a multiset where there is none, and how two differ.

Values are kept as the first 64 bits of an MD5 of their text: enough to tell that one changed, and nothing that a
report could give away.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.replay.catalog import USER_SCHEMAS, array

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from psycopg import Connection
    from psycopg.rows import TupleRow

Row = tuple[str | None, ...]

# A key is the primary key, or else a unique index over whole columns that are all NOT NULL.
_TABLES = f"""
WITH spaces AS ({USER_SCHEMAS})
SELECT c.oid::bigint, format('%I.%I', n.nspname, c.relname), c.relpersistence::text || c.relfilenode,
       ARRAY(SELECT format('%I', a.attname) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
       ARRAY(SELECT a.attnum::int FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
       ARRAY(SELECT format('%I', a.attname) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum = ANY (k.indkey::int2[]) ORDER BY a.attnum)
FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
    SELECT i.indkey FROM pg_index i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
                                                   AND NOT a.attnotnull)
    ORDER BY i.indisprimary DESC, i.indnatts, i.indexrelid LIMIT 1
) k ON true
WHERE c.relkind = 'r'"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table without its rows; names are quoted where SQL needs it."""

    oid: int
    name: str
    file: str
    """Names the file that holds the rows: another one after TRUNCATE or when the table was rewritten."""
    columns: tuple[str, ...]
    numbers: tuple[int, ...]
    """The columns' attnum: a column that is dropped and made again has another."""
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """A table with its rows: for each the hashes of its values, and the transaction that wrote it (xmin)."""

    shape: Shape
    rows: tuple[Row, ...]
    writers: tuple[str, ...]

    def by_key(self) -> dict[Row, Row]:
        """Return the rows under the values of their key."""
        places = [self.shape.columns.index(name) for name in self.shape.key]
        return {tuple(row[place] for place in places): row for row in self.rows}

    def project(self, columns: Iterable[str]) -> list[Row]:
        """Return the rows with these columns only."""
        places = [self.shape.columns.index(name) for name in columns]
        return [tuple(row[place] for place in places) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a table's rows; `changed` has, for each column, the keys of the rows where it changed."""

    added: int = 0
    removed: int = 0
    changed: Mapping[str, frozenset[Row]] = field(default_factory=dict)
    unkeyed: int = 0
    """Rows of a table without a key that went while as many others came."""

    @property
    def changed_rows(self) -> int:
        """How many rows changed in any column."""
        return len(frozenset().union(*self.changed.values())) or self.unkeyed

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.unkeyed)


def shapes(connection: Connection[TupleRow], names: Collection[str] | None = None) -> dict[str, Shape]:
    """Return all tables that hold rows, or those of some names, by name."""
    condition = "" if names is None else f" AND format('%I.%I', n.nspname, c.relname) = ANY ({array(names)})"
    rows = connection.execute(f"{_TABLES}{condition}".encode()).fetchall()
    found = (Shape(oid, name, file, *map(tuple, arrays)) for oid, name, file, *arrays in rows)
    return {shape.name: shape for shape in found}


def read(connection: Connection[TupleRow], tables: Iterable[Shape]) -> dict[str, Contents]:
    """Return the rows of some tables, by the table's name."""
    with _planned(connection):
        return {shape.name: _read(connection, shape) for shape in tables}


@contextmanager
def _planned(connection: Connection[TupleRow]) -> Iterator[None]:
    """Find functions of the schema public meanwhile.

    To plan a query of a table, Postgres inlines the SQL functions in the predicates of its indexes, and looks up by
    the search path what these call.
    """
    connection.execute("SET LOCAL search_path TO pg_catalog, public")
    yield
    connection.execute("SET LOCAL search_path TO pg_catalog")


def fingerprints(connection: Connection[TupleRow]) -> dict[str, tuple[Shape, int, int]]:
    """Return for each table its shape, the number of its rows, and a sum of hashes of them and their writers."""
    tables = shapes(connection)
    # The alias is the row itself; a column of that name would come before it.
    parts = [
        f"SELECT {number}, count(*), coalesce(sum(hashtextextended(concat(xmin, bootsmoke_row), 0)), 0)"
        f" FROM ONLY {name} bootsmoke_row"
        for number, name in enumerate(tables)
    ]
    with _planned(connection):
        rows = connection.execute(" UNION ALL ".join(parts).encode()).fetchall() if parts else []
    names = list(tables)
    return {names[number]: (tables[names[number]], count, int(total)) for number, count, total in rows}


def _read(connection: Connection[TupleRow], shape: Shape) -> Contents:
    hashes = "".join(f", left(md5({column}::text), 16)" for column in shape.columns)
    # ONLY, because a child table's rows are the child's. The names come quoted from the catalog.
    rows = connection.execute(f"SELECT xmin::text{hashes} FROM ONLY {shape.name}".encode()).fetchall()
    return Contents(shape, tuple(row[1:] for row in rows), tuple(row[0] for row in rows))


def differ(before: Contents, after: Contents, but: Collection[str] = ()) -> Difference:
    """Compare a table's rows over the columns that both have, without those in `but`."""
    common = [name for name in before.shape.columns if name in after.shape.columns and name not in but]
    if before.shape.key and before.shape.key == after.shape.key:
        return _by_key(before, after, common)
    was, now = Counter(before.project(common)), Counter(after.project(common))
    removed, added = (was - now).total(), (now - was).total()
    return Difference(unkeyed=added) if added == removed else Difference(added, removed)


def rewritten(before: Contents, after: Contents) -> int:
    """Return how many rows a boot wrote although it left them as they were."""
    if before.shape.file != after.shape.file:
        return len(after.rows)
    was = Counter(zip(before.rows, before.writers, strict=True))
    now = Counter(zip(after.rows, after.writers, strict=True))
    return (now - was).total()


def _by_key(before: Contents, after: Contents, columns: list[str]) -> Difference:
    was, now = before.by_key(), after.by_key()
    kept = [key for key in was if key in now]
    changed = {}
    for name in columns:
        old, new = before.shape.columns.index(name), after.shape.columns.index(name)
        keys = frozenset(key for key in kept if was[key][old] != now[key][new])
        if keys:
            changed[name] = keys
    return Difference(len(now) - len(kept), len(was) - len(kept), changed)
