"""COMMIT in a file whose bookkeeping the tool does in the same transaction."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD303",
    title="COMMIT ends the transaction that the tool had begun",
    severity=Severity.WARNING,
    help="Leave BEGIN and COMMIT to the tool, or switch its transaction off for this file.",
    why=(
        "The tool sends a file and the row that says so in one transaction. A COMMIT in the file ends it "
        "early: what follows, the bookkeeping too, is outside, and an interruption between them leaves work "
        "that nobody has written down."
    ),
    before="""\
BEGIN;
ALTER TABLE users ADD COLUMN email TEXT;
COMMIT;
""",
    after="ALTER TABLE users ADD COLUMN email TEXT;",
    source="postgresql.org/docs/current/sql-commit.html",
    says=elsewhere,
)
