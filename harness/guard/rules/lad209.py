"""A guard looks at another table's constraint, so that its own is never added."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD209",
    title="a guard finds another table's constraint, and its own is never added",
    severity=Severity.WARNING,
    help="Look up conrelid as well as conname: AND conrelid = 'schema.table'::regclass.",
    why=(
        "Names of constraints are unique within their table only. A lookup by conname alone finds a "
        "constraint of that name on another table, and the one that the block is there for is not added, at "
        "any boot. Nothing fails, and the rows are not checked."
    ),
    before="IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'kind_check') THEN ...",
    after="""\
IF NOT EXISTS (SELECT FROM pg_constraint
               WHERE conname = 'kind_check' AND conrelid = 'robots'::regclass) THEN ...
""",
    source="postgresql.org/docs/current/catalog-pg-constraint.html",
    says=elsewhere,
)
