"""A trigger is made that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD107",
    title="a trigger is made that is there already",
    severity=Severity.ERROR,
    help=(
        "Write CREATE OR REPLACE TRIGGER (Postgres 14 or later), or DROP TRIGGER IF EXISTS first, in the same "
        "transaction."
    ),
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. The "
        "trigger is there, and Postgres stops with 42710. CREATE TRIGGER has no IF NOT EXISTS; a constraint "
        "trigger has no OR REPLACE either."
    ),
    before="CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();",
    after="CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();",
    source="postgresql.org/docs/current/sql-createtrigger.html",
    says=stops(lambda case: case.sqlstate == "42710" and case.statement == "CreateTrigStmt"),
)
