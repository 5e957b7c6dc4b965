"""Rows are deleted at every boot."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, changes, objects
from harness.simulator.model import DriftKind

RULE = Rule(
    code="LAD206",
    title="rows are deleted at every boot",
    severity=Severity.WARNING,
    help="Delete only what this migration has to, by its key: rows that came later match it at every boot.",
    why="The statement is meant for rows of its time. At the next boot it also deletes those that came since.",
    before="""\
DELETE FROM roles;
INSERT INTO roles VALUES ('admin');
""",
    after="INSERT INTO roles VALUES ('admin') ON CONFLICT DO NOTHING;",
    source="postgresql.org/docs/current/sql-delete.html",
    says=changes(DriftKind.ROWS_REMOVED, lambda found: f"every boot deletes rows of {objects(found)}"),
)
