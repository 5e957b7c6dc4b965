"""A suppression without a reason."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD902",
    title="a suppression gives no reason",
    severity=Severity.WARNING,
    help="Say why: `-- bootsmoke: allow LAD101 -- reason`.",
    why="Who reads the file next has to know whether the reason still holds.",
    before="-- bootsmoke: allow LAD101",
    after="-- bootsmoke: allow LAD101 -- this file runs by hand only",
    source="bootsmoke",
    says=elsewhere,
)
