"""Rows are reset at every boot."""

from __future__ import annotations

from collections.abc import Sequence

from harness.guard.rules.rule import Rule, Severity, changes, columns
from harness.simulator.model import Drift, DriftKind


def _tell(found: Sequence[Drift]) -> str:
    return f"every boot sets {columns(found)} again, whatever it is by then"


RULE = Rule(
    code="LAD205",
    title="rows are set back at every boot",
    severity=Severity.WARNING,
    help=(
        "Change only rows that still have the value that this migration is to replace; ON CONFLICT DO NOTHING "
        "instead of DO UPDATE."
    ),
    why=(
        "The statement does not ask whether it has been run: what somebody has changed since the first boot "
        "is overwritten by the next one."
    ),
    before="UPDATE users SET plan = 'free';",
    after="UPDATE users SET plan = 'free' WHERE plan IS NULL;",
    source="postgresql.org/docs/current/sql-update.html",
    says=changes(DriftKind.ROWS_CHANGED, _tell),
)
