"""A type or a domain is made that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

_STATEMENTS = ("CreateEnumStmt", "CompositeTypeStmt", "CreateRangeStmt", "CreateDomainStmt", "DefineStmt")

RULE = Rule(
    code="LAD110",
    title="a type or domain is made that is there already",
    severity=Severity.ERROR,
    help="Wrap it in a DO block that makes it only if pg_type has none of this name in this schema.",
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. CREATE "
        "TYPE and CREATE DOMAIN have no IF NOT EXISTS: Postgres stops with 42710."
    ),
    before="CREATE TYPE mood AS ENUM ('sad', 'ok');",
    after="""\
DO $$ BEGIN
    IF to_regtype('public.mood') IS NULL THEN
        CREATE TYPE mood AS ENUM ('sad', 'ok');
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/sql-createtype.html",
    says=stops(lambda case: case.sqlstate in ("42710", "42P07") and case.statement in _STATEMENTS),
)
