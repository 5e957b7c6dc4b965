"""Rows are inserted again at every boot."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, changes, objects
from harness.simulator.model import DriftKind

RULE = Rule(
    code="LAD201",
    title="rows are inserted again at every boot",
    severity=Severity.WARNING,
    help="Insert only what is missing: ON CONFLICT DO NOTHING on a key without NULLs, or WHERE NOT EXISTS.",
    why=(
        "Nothing in the table tells the rows of the second boot from those of the first, so that every "
        "restart adds them once more."
    ),
    before="INSERT INTO events (name) VALUES ('installed');",
    after="""\
INSERT INTO events (name) SELECT 'installed'
WHERE NOT EXISTS (SELECT FROM events WHERE name = 'installed');
""",
    source="postgresql.org/docs/current/sql-insert.html",
    says=changes(DriftKind.ROWS_ADDED, lambda found: f"every boot inserts rows into {objects(found)} again"),
)
