"""An enum gets a label that it has."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD111",
    title="an enum gets a label that it has already, or loses one twice",
    severity=Severity.ERROR,
    help="Write ALTER TYPE ... ADD VALUE IF NOT EXISTS; guard RENAME VALUE by a look at pg_enum.",
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. The "
        "label is there, and Postgres stops with 42710; a label that was renamed is gone (22023)."
    ),
    before="ALTER TYPE mood ADD VALUE 'happy';",
    after="ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';",
    source="postgresql.org/docs/current/sql-altertype.html",
    says=stops(lambda case: case.statement == "AlterEnumStmt" and case.sqlstate in ("42710", "22023")),
)
