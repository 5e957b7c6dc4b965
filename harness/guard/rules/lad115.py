"""Something is dropped that is gone."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity, stops
from harness.sql.tree import commands

_GONE = ("42P01", "42703", "42704", "42883", "3F000")
_DROPS = ("AT_DropColumn", "AT_DropConstraint")


def _drops_what_is_gone(case: Case) -> bool:
    """In an ALTER TABLE the message has to name what one of its DROPs names."""
    if case.sqlstate not in _GONE:
        return False
    if case.statement == "AlterTableStmt":
        return case.said.name in {name for subtype, name in commands(case.node) if subtype in _DROPS}
    return case.statement in ("DropStmt", "DropRoleStmt")


RULE = Rule(
    code="LAD115",
    title="something is dropped a second time",
    severity=Severity.ERROR,
    help="Write DROP ... IF EXISTS, also in ALTER TABLE (DROP COLUMN IF EXISTS, DROP CONSTRAINT IF EXISTS).",
    why=("The first boot dropped it. The next one finds nothing to drop and stops (42P01, 42703, 42704, 42883)."),
    before="ALTER TABLE users DROP COLUMN nick;",
    after="ALTER TABLE users DROP COLUMN IF EXISTS nick;",
    source="postgresql.org/docs/current/sql-altertable.html",
    says=stops(_drops_what_is_gone),
)
