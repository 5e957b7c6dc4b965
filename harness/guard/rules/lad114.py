"""A row is inserted that is there."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

_STATEMENTS = ("InsertStmt", "SelectStmt", "CopyStmt", "DoStmt")

RULE = Rule(
    code="LAD114",
    title="a row is inserted that is there already",
    severity=Severity.ERROR,
    help="Add ON CONFLICT DO NOTHING on the key that the message names.",
    why=(
        "The first boot wrote the row. The next one writes it again, and its primary or unique key refuses "
        "that (23505)."
    ),
    before="INSERT INTO roles (name) VALUES ('admin');",
    after="INSERT INTO roles (name) VALUES ('admin') ON CONFLICT (name) DO NOTHING;",
    source="postgresql.org/docs/current/sql-insert.html (ON CONFLICT)",
    says=stops(lambda case: case.sqlstate == "23505" and case.statement in _STATEMENTS),
)
