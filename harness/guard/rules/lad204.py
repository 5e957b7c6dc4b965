"""A column is dropped and made again."""

from __future__ import annotations

from collections.abc import Sequence

from harness.guard.rules.rule import Rule, Severity, changes, columns
from harness.simulator.model import Drift, DriftKind


def _tell(found: Sequence[Drift]) -> str:
    return f"every boot drops {columns(found)} with all values"


RULE = Rule(
    code="LAD204",
    title="a column is dropped and made again at every boot",
    severity=Severity.WARNING,
    help="Add it only if it is not there, without the DROP before it; skip a DROP once it has been done.",
    why=(
        "The second boot drops the column with all its values, because an earlier statement adds it again, or "
        "adds it again empty."
    ),
    before="ALTER TABLE users DROP COLUMN IF EXISTS email, ADD COLUMN email TEXT;",
    after="ALTER TABLE users ADD COLUMN IF NOT EXISTS email TEXT;",
    source="postgresql.org/docs/current/sql-altertable.html",
    says=changes(DriftKind.COLUMN_REMADE, _tell),
)
