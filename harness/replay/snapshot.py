"""Snapshots of every database of a Postgres server, and what differs between two of them.

A snapshot is taken by psql scripts that read only, each database in one repeatable-read transaction. Whoever calls
gives a function that runs a script and returns psql's output; how psql is reached is no matter of this module.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

Psql = Callable[[str], str]
"""Runs a psql script, unaligned and tuples only, and returns what it printed."""

_DATABASES = "SELECT to_json(datname) FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname;\n"

# Objects that belong to an extension come and go with it, so the extension's own line speaks for them.
_SCHEMA = r"""
WITH spaces AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\_t%'
), member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
relation AS (
    SELECT c.oid, c.relkind, c.relname, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
), fact(kind, name, definition) AS (
    SELECT 'schema', format('%I', nspname), '' FROM spaces
    UNION ALL
    SELECT 'table', name, '' FROM relation WHERE relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 'column', format('%s.%I', r.name, a.attname),
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                     'default ' || pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, ''),
                     nullif(a.attgenerated::text, ''))
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p', 'f', 'c')
    UNION ALL
    SELECT 'constraint', format('%s.%I', r.name, c.conname), pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid WHERE c.contype <> 'n'
    UNION ALL
    SELECT 'index', r.name,
           concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END)
    FROM pg_index i JOIN relation r ON r.oid = i.indexrelid
    UNION ALL
    SELECT 'view', name, pg_get_viewdef(oid) FROM relation WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT 'sequence', r.name,
           concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax)
    FROM pg_sequence s JOIN relation r ON r.oid = s.seqrelid
    UNION ALL
    SELECT 'trigger', format('%s.%I', r.name, t.tgname), pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'rule', format('%s.%I', r.name, w.rulename), pg_get_ruledef(w.oid)
    FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE r.relkind <> 'v' AND r.relkind <> 'm'
    UNION ALL
    SELECT 'policy', format('%s.%I', r.name, p.polname),
           concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
                     pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
    FROM pg_proc p JOIN spaces n ON n.oid = p.pronamespace
    WHERE p.prokind <> 'a'
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
    UNION ALL
    SELECT 'enum', format('%I.%I', n.nspname, t.typname), string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
    FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
    GROUP BY n.nspname, t.typname
    UNION ALL
    SELECT 'domain', format('%I.%I', n.nspname, t.typname),
           concat_ws(' ', format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 'not null' END,
                     t.typdefault, (SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname)
                                    FROM pg_constraint c WHERE c.contypid = t.oid))
    FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace WHERE t.typtype = 'd'
    UNION ALL
    SELECT 'extension', format('%I', extname), extversion FROM pg_extension
)
SELECT json_build_array('schema', kind, name, definition) FROM fact ORDER BY kind, name, definition;
SELECT json_build_array('oid', format('%I.%I', n.nspname, c.relname), c.oid::bigint)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_t%';
SELECT format('SELECT json_build_array(''rows'', %L, count(*)) FROM %s', name, name)
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


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that a boot changed although nothing asked it to."""

    kind: str
    """schema, rows, or remade (a table dropped and made again)."""
    object: str
    before: str | int | None
    after: str | int | None

    def __str__(self) -> str:
        match self.kind:
            case "rows":
                return f"rows of {self.object}: {self.before} before, {self.after} after"
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
    for database, facts in parts:
        prefix = "" if database == main else f"{database}:"
        for tag, *fact in facts:
            if tag == "schema":
                kind, name, definition = (str(part) for part in fact)
                schema[kind, prefix + name] = definition
            else:
                (tables if tag == "oid" else rows)[f"{prefix}{fact[0]}"] = int(str(fact[1]))
    return Snapshot(schema, tables, rows)


def _script(database: str) -> str:
    quoted = json.dumps(database)
    return f"\\connect {quoted}\nBEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{_SCHEMA}COMMIT;\n"


def _facts(output: str) -> list[list[object]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("[")]


def drift(before: Snapshot, after: Snapshot, *, allowed: Iterable[str] = ()) -> list[Drift]:
    """Return what differs, schema first; tables whose name matches a pattern in `allowed` may change their rows.

    A pattern is a shell pattern on the table's name, with or without its schema: `audit_*`, `app.events`.
    """
    patterns = tuple(allowed)
    return [
        *_schema_drift(before, after),
        *(
            Drift("remade", f"table {name}", before.tables[name], after.tables[name])
            for name in sorted(before.tables.keys() & after.tables.keys())
            if before.tables[name] != after.tables[name]
        ),
        *(
            Drift("rows", name, before.rows[name], after.rows[name])
            for name in sorted(before.rows.keys() & after.rows.keys())
            if before.rows[name] != after.rows[name] and not _matches(name, patterns)
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
