"""A table is dropped and made again."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, changes, objects
from harness.simulator.model import DriftKind

RULE = Rule(
    code="LAD203",
    title="a table is dropped and made again at every boot",
    severity=Severity.WARNING,
    help="Make it only if it is not there: IF NOT EXISTS, without the DROP before it.",
    why="The second boot drops the table and what is in it, and an empty one takes its place.",
    before="""\
DROP TABLE IF EXISTS settings;
CREATE TABLE settings (name TEXT);
""",
    after="CREATE TABLE IF NOT EXISTS settings (name TEXT);",
    source="postgresql.org/docs/current/sql-droptable.html",
    says=changes(DriftKind.TABLE_REMADE, lambda found: f"every boot drops {objects(found)} with all its rows"),
)
