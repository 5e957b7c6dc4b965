"""A policy or a rule is made that exists."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD112",
    title="a policy or rule is made that is there already",
    severity=Severity.ERROR,
    help=("Put DROP POLICY IF EXISTS before it, in the same transaction; for a rule write CREATE OR REPLACE RULE."),
    why=(
        "The server runs this statement again at every boot, on the database that the first boot left. CREATE "
        "POLICY has neither IF NOT EXISTS nor OR REPLACE: Postgres stops with 42710. A DROP in a transaction "
        "of its own leaves the table without the policy for a moment."
    ),
    before="CREATE POLICY own ON notes USING (owner = current_user);",
    after="""\
DROP POLICY IF EXISTS own ON notes;
CREATE POLICY own ON notes USING (owner = current_user);
""",
    source="postgresql.org/docs/current/sql-createpolicy.html",
    says=stops(lambda case: case.sqlstate == "42710" and case.statement in ("CreatePolicyStmt", "RuleStmt")),
)
