"""Rows break a constraint at the next boot."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD119",
    title="rows that are there by then break a constraint",
    severity=Severity.ERROR,
    help="Mend the rows in the same statement's file before it, or skip the statement once it has been done.",
    why=(
        "The rows that a statement writes or checks at the second boot are not those of the first: later "
        "files have added columns that must have a value (23502), other checks (23514), keys (23505, 23P01, "
        "23503), or rows that an early, narrower constraint refuses."
    ),
    before="INSERT INTO users (id) VALUES (1) ON CONFLICT DO NOTHING;  -- a later file adds a NOT NULL column",
    after="INSERT INTO users (id) SELECT 1 WHERE NOT EXISTS (SELECT FROM users WHERE id = 1);",
    source="postgresql.org/docs/current/ddl-constraints.html",
    says=stops(lambda case: case.sqlstate[:2] == "23"),
)
