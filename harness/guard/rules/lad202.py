"""ON CONFLICT never finds a conflict, because a column of its key is NULL."""

from __future__ import annotations

from collections.abc import Sequence

from harness.guard.rules.rule import Case, Rule, Severity, changes, objects
from harness.simulator.model import Drift, DriftKind


def _names_a_key(case: Case) -> bool:
    return case.statement == "InsertStmt" and case.node.HasField("on_conflict_clause")


def _tell(found: Sequence[Drift]) -> str:
    return f"every boot inserts rows into {objects(found)} again: they never conflict with those that are there"


RULE = Rule(
    code="LAD202",
    title="ON CONFLICT never sees a conflict: a column of its key is NULL",
    severity=Severity.WARNING,
    help=(
        "Make the key UNIQUE NULLS NOT DISTINCT (Postgres 15 or later) or its columns NOT NULL, or guard the "
        "INSERT with WHERE NOT EXISTS."
    ),
    why=(
        "NULLs are distinct in a unique key, unless it says otherwise: a row with a NULL in the key never "
        "conflicts with its twin. ON CONFLICT (...) DO NOTHING looks safe, and inserts the row again at every "
        "boot."
    ),
    before="INSERT INTO grants (role, scope) VALUES ('admin', NULL) ON CONFLICT (role, scope) DO NOTHING;",
    after="""\
INSERT INTO grants (role, scope) SELECT 'admin', NULL
WHERE NOT EXISTS (SELECT FROM grants WHERE role = 'admin' AND scope IS NULL);
""",
    source="postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS",
    says=changes(DriftKind.ROWS_ADDED, _tell, _names_a_key),
)
