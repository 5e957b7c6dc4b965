"""Something else is made that exists: a schema, role, extension, sequence, ..."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD117",
    title="something else is made that is there already: a schema, role, extension, sequence or the like",
    severity=Severity.ERROR,
    help=(
        "Write IF NOT EXISTS where Postgres has it (schema, extension, sequence, statistics); otherwise wrap "
        "it in a DO block that looks in the catalog first (pg_roles, pg_publication, ...)."
    ),
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. The "
        "thing is there (42710, 42P06, 42P07). Roles belong to the whole cluster: a role is there even when "
        "the database is new."
    ),
    before="CREATE ROLE app;",
    after="""\
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
        CREATE ROLE app;
    END IF;
END $$;
""",
    source="postgresql.org/docs/current/sql-createrole.html",
    says=stops(lambda case: case.sqlstate in ("42710", "42P06", "42P07", "42P04")),
)
