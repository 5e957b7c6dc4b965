"""The schema is not what it was."""

from __future__ import annotations

from collections.abc import Sequence

from harness.guard.rules.rule import Rule, Severity, changes
from harness.simulator.model import Drift, DriftKind


def _tell(found: Sequence[Drift]) -> str:
    told = dict.fromkeys(f"{drift.object} {drift.detail}".strip() for drift in found)
    return f"the next boot changes the schema: {', '.join(told)}"


RULE = Rule(
    code="LAD207",
    title="the second boot leaves another schema than the first",
    severity=Severity.WARNING,
    help="Guard the statement, so that it leaves alone what an earlier boot has made.",
    why=(
        "The statement passes, and makes, changes or drops something that the first boot left otherwise: one "
        "more index at every boot, a function of an old version beside the new one, a default that a later "
        "file had changed."
    ),
    before="CREATE INDEX ON users (email);  -- each boot adds one more",
    after="CREATE INDEX IF NOT EXISTS users_email_idx ON users (email);",
    source="postgresql.org/docs/current/sql-createindex.html",
    says=changes(DriftKind.SCHEMA_CHANGED, _tell),
)
