"""A suppression of nothing."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD903",
    title="a suppression suppresses nothing",
    severity=Severity.WARNING,
    help="Remove it.",
    why=(
        "The statement does not have this finding (any more). Left standing, the comment would hide the next one."
    ),
    before="""\
-- bootsmoke: allow LAD104 -- the column is new
ALTER TABLE users ADD COLUMN IF NOT EXISTS email TEXT;
""",
    after="ALTER TABLE users ADD COLUMN IF NOT EXISTS email TEXT;",
    source="bootsmoke",
    says=elsewhere,
)
