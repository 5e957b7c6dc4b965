"""Anything else that stops the next boot."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD199",
    title="a statement fails when it runs a second time",
    severity=Severity.ERROR,
    help="Run it only when it is needed: a DO block that looks at the state that it leaves.",
    why=(
        "Postgres refuses the statement on the database that the first boot left, for the reason that the "
        "message gives."
    ),
    before="ALTER TABLE users ALTER COLUMN id DROP IDENTITY;",
    after="ALTER TABLE users ALTER COLUMN id DROP IDENTITY IF EXISTS;",
    source="postgresql.org/docs/current/errcodes-appendix.html",
    says=stops(lambda _: True),
)
