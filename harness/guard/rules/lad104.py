"""A column is added that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD104",
    title="a column is added that is there already",
    severity=Severity.ERROR,
    help="Write ADD COLUMN IF NOT EXISTS, for each column of the statement.",
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. The "
        "column is there, and Postgres stops with 42701. What stands beside it in the same ALTER TABLE is not "
        "done either."
    ),
    before="ALTER TABLE users ADD COLUMN email TEXT;",
    after="ALTER TABLE users ADD COLUMN IF NOT EXISTS email TEXT;",
    source="postgresql.org/docs/current/sql-altertable.html",
    says=stops(lambda case: case.sqlstate == "42701"),
)
