"""The schema is not what it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.guard.rules.rule import Rule, Severity, changes
from harness.simulator.model import Drift, DriftKind

_MOST = 3


def _tell(found: Sequence[Drift]) -> str:
    told = list(dict.fromkeys(f"{drift.object} {drift.detail}".strip() for drift in _wholes(found)))
    more = f" and {len(told) - _MOST} more changes" if len(told) > _MOST else ""
    return f"the next boot changes the schema: {', '.join(told[:_MOST])}{more}"


def _wholes(found: Sequence[Drift]) -> Iterator[Drift]:
    """Leave out columns and constraints of tables that are told of themselves."""
    tables = {drift.object.removeprefix("table ") for drift in found if drift.object.startswith("table ")}
    for drift in found:
        kind, _, name = drift.object.partition(" ")
        if kind not in ("column", "constraint") or name.rpartition(".")[0] not in tables:
            yield drift


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
