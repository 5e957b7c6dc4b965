"""The schema of a database as facts, read by catalog queries that psql and psycopg run alike.

A fact has a kind, a name, a definition and an identity. Two schemas are equal when their definitions are. The
identity is for what can be dropped and made again with the same definition and without what was in it: a table's
oid, a column's number (attnum). Objects that belong to an extension come and go with it, so the extension's own
fact speaks for them. The queries expect `PINNED` settings, which make names and values read the same whatever the
session has set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PINNED: LiteralString = """
SET LOCAL search_path TO pg_catalog; SET LOCAL row_security TO off; SET LOCAL statement_timeout TO 0;
SET LOCAL datestyle TO ISO; SET LOCAL timezone TO 'UTC'; SET LOCAL intervalstyle TO iso_8601;
SET LOCAL bytea_output TO hex; SET LOCAL extra_float_digits TO 1; SET LOCAL standard_conforming_strings TO on;
SET LOCAL client_encoding TO 'UTF8';
"""

USER_SCHEMAS: LiteralString = r"""
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\_t%'
"""
_OF_AN_EXTENSION: LiteralString = """EXISTS (
        SELECT FROM pg_depend m WHERE m.classid = {}::regclass AND m.objid = {} AND m.deptype = 'e')"""
_COMMON: LiteralString = f"""
WITH spaces AS ({USER_SCHEMAS}), relation AS (
    SELECT c.*, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
    WHERE NOT {_OF_AN_EXTENSION.format("'pg_class'", "c.oid")}
), routine AS MATERIALIZED (
    SELECT p.* FROM pg_proc p JOIN spaces n ON n.oid = p.pronamespace
    WHERE NOT {_OF_AN_EXTENSION.format("'pg_proc'", "p.oid")}
), kind AS (
    SELECT t.*, format('%I.%I', n.nspname, t.typname) AS name FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace
    WHERE NOT {_OF_AN_EXTENSION.format("'pg_type'", "t.oid")}
)
"""
_ALL_RELATIONS = "FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace\n"
_ACL: LiteralString = "(SELECT string_agg(item::text, ' ' ORDER BY item::text) FROM unnest({}) item)"

_QUERIES: Mapping[str, LiteralString] = {
    "schema": "SELECT format('%I', nspname), concat_ws(' ', 'owner', nspowner::regrole), NULL FROM spaces",
    "table": """
    SELECT name, concat_ws(' ', 'owner', relowner::regrole, CASE WHEN relpersistence = 'u' THEN 'unlogged' END,
                           CASE WHEN relrowsecurity THEN 'row level security' END,
                           CASE WHEN relforcerowsecurity THEN 'forced' END, reloptions::text,
                           pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid)), oid::text
    FROM relation WHERE relkind IN ('r', 'p', 'f')""",
    "column": """
    SELECT format('%s.%I', r.name, a.attname),
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                     'default ' || pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, ''),
                     nullif(a.attgenerated::text, '')), concat(r.oid, '.', a.attnum)
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p', 'f', 'c')""",
    "constraint": """
    SELECT format('%s.%I', r.name, c.conname), pg_get_constraintdef(c.oid), NULL
    FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid WHERE c.contype <> 'n'""",
    "index": """
    SELECT r.name, concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END),
           NULL
    FROM pg_index i JOIN relation r ON r.oid = i.indexrelid""",
    "view": """
    SELECT name, concat_ws(' ', 'owner', relowner::regrole, reloptions::text, pg_get_viewdef(oid)), NULL
    FROM relation WHERE relkind IN ('v', 'm')""",
    "sequence": """
    SELECT r.name, concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
                             CASE WHEN s.seqcycle THEN 'cycle' END), NULL
    FROM pg_sequence s JOIN relation r ON r.oid = s.seqrelid""",
    "trigger": """
    SELECT format('%s.%I', r.name, t.tgname), concat_ws(' ', pg_get_triggerdef(t.oid), nullif(t.tgenabled, 'O')),
           NULL
    FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal""",
    "rule": """
    SELECT format('%s.%I', r.name, w.rulename), pg_get_ruledef(w.oid), NULL
    FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE r.relkind NOT IN ('v', 'm')""",
    "policy": """
    SELECT format('%s.%I', r.name, p.polname),
           concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), NULL
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid""",
    "function": """
    SELECT oid::regprocedure::text,
           concat_ws(' ', 'owner', proowner::regrole, 'md5', md5(pg_get_functiondef(oid))), NULL
    FROM routine WHERE prokind <> 'a'""",
    "aggregate": """
    SELECT p.oid::regprocedure::text, concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.agginitval), NULL
    FROM routine p JOIN pg_aggregate a ON a.aggfnoid = p.oid""",
    "enum": """
    SELECT k.name, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder), NULL
    FROM kind k JOIN pg_enum e ON e.enumtypid = k.oid GROUP BY k.name""",
    "domain": """
    SELECT name, concat_ws(' ', format_type(typbasetype, typtypmod), CASE WHEN typnotnull THEN 'not null' END,
                           typdefault, (SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname)
                                        FROM pg_constraint c WHERE c.contypid = kind.oid)), NULL
    FROM kind WHERE typtype = 'd'""",
    "range type": """
    SELECT k.name, concat_ws(' ', r.rngsubtype::regtype, r.rngcollation::regcollation, r.rngcanonical), NULL
    FROM kind k JOIN pg_range r ON r.rngtypid = k.oid""",
    "extension": "SELECT format('%I', extname), extversion, NULL FROM pg_extension",
    "event trigger": """
    SELECT format('%I', evtname), concat_ws(' ', evtevent, evtfoid::regprocedure, evtenabled, evttags::text), NULL
    FROM pg_event_trigger""",
    "grants on": f"""
    SELECT name, {_ACL.format("relacl")}, NULL FROM relation WHERE relacl IS NOT NULL
    UNION ALL
    SELECT format('%s.%I', r.name, a.attname), {_ACL.format("a.attacl")}, NULL
    FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid WHERE a.attacl IS NOT NULL
    UNION ALL
    SELECT oid::regprocedure::text, {_ACL.format("proacl")}, NULL FROM routine WHERE proacl IS NOT NULL
    UNION ALL
    SELECT format('schema %I', nspname), {_ACL.format("nspacl")}, NULL FROM spaces WHERE nspacl IS NOT NULL
    UNION ALL
    SELECT name, {_ACL.format("typacl")}, NULL FROM kind WHERE typacl IS NOT NULL
    UNION ALL
    SELECT concat_ws(' ', 'default', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype),
           {_ACL.format("defaclacl")}, NULL FROM pg_default_acl""",
    "comment on": """
    SELECT pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description, NULL FROM pg_description d
    WHERE d.objoid >= 16384
      AND NOT EXISTS (SELECT FROM pg_depend m
                      WHERE m.classid = d.classoid AND m.objid = d.objoid AND m.deptype = 'e')""",
}

# A type or a column that was made or renamed can be part of any definition; these can only be part of those.
_PART_OF: Mapping[str, tuple[str, ...]] = {
    "pg_attrdef": ("column",),
    "pg_class": ("table", "view", "index", "sequence", "grants on"),
    "pg_constraint": ("constraint", "domain", "index"),
    "pg_depend": (),
    "pg_description": ("comment on",),
    "pg_enum": ("enum",),
    "pg_index": ("index", "table"),
    "pg_policy": ("policy",),
    "pg_proc": ("function", "aggregate", "grants on", "event trigger"),
    "pg_rewrite": ("view", "rule"),
    "pg_sequence": ("sequence",),
    "pg_shdepend": (),
    "pg_statistic": (),
    "pg_trigger": ("trigger",),
}

KINDS: tuple[str, ...] = tuple(_QUERIES)


def kinds_of(catalogs: Collection[str]) -> frozenset[str]:
    """Return the kinds of facts that can be others after writes to these system catalogs."""
    return frozenset(kind for catalog in catalogs for kind in _PART_OF.get(catalog, KINDS))


def query(wanted: Mapping[str, Collection[str]] | None = None) -> str:
    """Return the query for all facts, or for those of some kinds and names: kind, name, definition, identity.

    Few names spare Postgres the definitions of all others, which are what takes time.
    """
    if wanted is None:
        return _COMMON + " UNION ALL ".join(_part(kind, "true") for kind in KINDS)
    parts = [_part(kind, f"name = ANY ({array(names)})") for kind, names in wanted.items()]
    few = f"{_ALL_RELATIONS}    AND format('%I.%I', n.nspname, c.relname) = ANY ({array(_relations(wanted))})\n"
    return _COMMON.replace(_ALL_RELATIONS, few) + " UNION ALL ".join(parts)


def _relations(wanted: Mapping[str, Collection[str]]) -> set[str]:
    """Return what can be the relations of facts: their own names, and those before the last dot of them."""
    names = {name for all_of_a_kind in wanted.values() for name in all_of_a_kind}
    return names | {name.rpartition(".")[0] for name in names}


def _part(kind: str, condition: str) -> str:
    facts = f"({_QUERIES[kind]}) f(name, definition, identity)"
    return f"SELECT '{kind}'::text AS kind, f.* FROM {facts} WHERE {condition}"


def array(names: Collection[str]) -> str:
    """Return names as an array of SQL's."""
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    return f"ARRAY[{quoted}]::text[]"
