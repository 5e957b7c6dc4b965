"""The ladder needs what it does not make."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, elsewhere

RULE = Rule(
    code="LAD906",
    title="the ladder needs what it does not make",
    severity=Severity.NOTE,
    help="Give what stands before the ladder: --setup FILE, with its roles, schemas, extensions and tables.",
    why=(
        "A table, role or schema that no file makes is taken as given, and what depends on it can be told "
        "less surely."
    ),
    before="GRANT SELECT ON users TO app;",
    after="bootsmoke guard --setup roles.sql migrations",
    source="bootsmoke",
    says=elsewhere,
)
