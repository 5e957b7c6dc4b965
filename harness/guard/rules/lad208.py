"""A sequence is set back or moved on."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, changes, objects
from harness.simulator.model import DriftKind

RULE = Rule(
    code="LAD208",
    title="a sequence is moved at every boot",
    severity=Severity.WARNING,
    help=(
        "Set a sequence by what is in the table: setval(..., (SELECT coalesce(max(id), 1) FROM ...)); insert "
        "with WHERE NOT EXISTS."
    ),
    why="A sequence that is set back gives out numbers that are taken: the next INSERT of the server fails.",
    before="ALTER SEQUENCE numbers RESTART WITH 100;",
    after="SELECT setval('numbers', greatest(100, (SELECT last_value FROM numbers)));",
    source="postgresql.org/docs/current/functions-sequence.html",
    says=changes(DriftKind.SEQUENCE_MOVED, lambda found: f"every boot moves the sequence {objects(found)}"),
)
