"""A suppression that nobody understands."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD901",
    title="a suppression names no rule that there is",
    severity=Severity.WARNING,
    help="Write `-- bootsmoke: allow LAD101 -- reason`; `bootsmoke explain` lists the codes.",
    why="A comment that is misspelt suppresses nothing, or will suppress something else one day.",
    before="-- bootsmoke: allow LAD11 -- an old file",
    after="-- bootsmoke: allow LAD101 -- an old file",
    source="bootsmoke",
    says=elsewhere,
)
