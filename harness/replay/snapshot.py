"""Snapshots of every database of a Postgres server, and what differs between two of them.

A snapshot is taken by psql scripts that read only, each database in one repeatable-read transaction. Whoever calls
gives a function that runs a script and returns psql's output; how psql is reached is no matter of this module.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from harness.replay.catalog import PINNED, query

Psql = Callable[[str], str]
"""Runs a psql script, unaligned and tuples only, and returns what it printed."""

_DATABASES = "SELECT to_json(datname) FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname;\n"

_FACTS = f"SELECT json_build_array('fact', kind, name, definition, identity) FROM ({query()}) f;\n"
_ROWS = r"""
SELECT format('SELECT json_build_array(''rows'', %L, count(*), '
              'coalesce(sum(hashtextextended(t::text, 0)), 0)::text) FROM ONLY %s t', name, name)
FROM (SELECT format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\_t%') AS plain ORDER BY name
\gexec
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of all databases of a server; names of things outside `main` are prefixed by their database."""

    schema: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(kind, name) to definition."""
    tables: Mapping[str, int] = field(default_factory=dict)
    """Each table's oid: a table that is dropped and made again has another."""
    rows: Mapping[str, int] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    """Each table's rows in one number, whatever their order."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that a boot changed although nothing asked it to."""

    kind: str
    """schema, rows (their number), values (in as many rows), or remade (a table dropped and made again)."""
    object: str
    before: str | int | None
    after: str | int | None

    def __str__(self) -> str:
        match self.kind:
            case "rows":
                return f"rows of {self.object}: {self.before} before, {self.after} after"
            case "values":
                return f"rows of {self.object} have other values than before"
            case "remade":
                return f"{self.object} was dropped and made again: its rows are gone"
        if self.before is None:
            return f"{self.object} is new: {self.after}".rstrip(": ")
        if self.after is None:
            return f"{self.object} is gone"
        return f"{self.object} changed from {self.before!r} to {self.after!r}"


def take(psql: Psql, main: str) -> Snapshot:
    """Take a snapshot of every database; `main` is the one whose things go without a prefix."""
    databases: list[str] = [json.loads(line) for line in psql(_DATABASES).splitlines() if line]
    parts = [(name, _facts(psql(_script(name)))) for name in databases]
    schema: dict[tuple[str, str], str] = {}
    tables: dict[str, int] = {}
    rows: dict[str, int] = {}
    contents: dict[str, str] = {}
    for database, facts in parts:
        prefix = "" if database == main else f"{database}:"
        for tag, *fact in facts:
            if tag == "rows":
                rows[f"{prefix}{fact[0]}"] = int(str(fact[1]))
                contents[f"{prefix}{fact[0]}"] = str(fact[2])
                continue
            kind, name, definition, identity = fact
            schema[str(kind), f"{prefix}{name}"] = str(definition or "")
            if kind == "table":
                tables[f"{prefix}{name}"] = int(str(identity))
    return Snapshot(schema, tables, rows, contents)


def _script(database: str) -> str:
    quoted = json.dumps(database)
    return f"\\connect {quoted}\nBEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;{PINNED}{_FACTS}{_ROWS}COMMIT;\n"


def _facts(output: str) -> list[list[object]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("[")]


def drift(before: Snapshot, after: Snapshot, *, allowed: Iterable[str] = (), values: bool = False) -> list[Drift]:
    """Return what differs, schema first; tables that match a pattern in `allowed` may change their rows.

    With `values`, rows that are as many as before and say something else are told, too. A pattern is one of the
    shell's on the table's name, with or without its schema: `audit_*`, `app.events`.
    """
    patterns = tuple(allowed)
    remade = {name for name in before.tables if before.tables[name] != after.tables.get(name)}
    tables = [name for name in sorted(before.rows.keys() & after.rows.keys()) if not _matches(name, patterns)]
    return [
        *_schema_drift(before, after),
        *(
            Drift("remade", f"table {name}", before.tables[name], after.tables[name])
            for name in sorted(before.tables.keys() & after.tables.keys())
            if before.tables[name] != after.tables[name]
        ),
        *(
            Drift("rows", name, before.rows[name], after.rows[name])
            for name in tables
            if before.rows[name] != after.rows[name]
        ),
        *(
            Drift("values", name, None, None)
            for name in tables
            if values
            and before.rows[name] == after.rows[name]
            and before.contents[name] != after.contents[name]
            and name not in remade
        ),
    ]


def _schema_drift(before: Snapshot, after: Snapshot) -> Iterator[Drift]:
    for key in sorted(before.schema.keys() | after.schema.keys()):
        was, now = before.schema.get(key), after.schema.get(key)
        if was != now:
            yield Drift("schema", " ".join(key), was, now)


def _matches(table: str, patterns: tuple[str, ...]) -> bool:
    names = (table, table.rpartition(".")[2])
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
