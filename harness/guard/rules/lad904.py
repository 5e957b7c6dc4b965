"""A statement that is not understood."""

from __future__ import annotations

from harness.guard.rules.rule import Case, Rule, Severity
from harness.simulator.model import VerdictKind


def _says(case: Case) -> str:
    if case.verdict.kind is not VerdictKind.UNKNOWN:
        return ""
    return f"it cannot be told whether the next boot passes here: {case.verdict.reason}"


RULE = Rule(
    code="LAD904",
    title="what the second boot makes of it cannot be told",
    severity=Severity.NOTE,
    help="`bootsmoke replay` tries it on a real Postgres.",
    why=(
        "The guard plays the ladder without a database. Where it cannot tell what a statement does, it says "
        "so and does not guess."
    ),
    before="DO $$ BEGIN EXECUTE (SELECT command FROM commands); END $$;",
    after="-- bootsmoke replay DIR",
    source="bootsmoke",
    says=_says,
)
