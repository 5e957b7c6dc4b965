"""What statements do to rows that are not known."""

from __future__ import annotations

import pytest

from harness.simulator.model import DriftKind
from harness.simulator.unseen import unseen
from harness.sql import parse


def _told(statement: str) -> list[tuple[str, str, tuple[str, ...]]]:
    (node,) = parse.nodes(statement)
    return [(str(drift.kind), drift.object, drift.columns) for drift in unseen(node)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET plan = 'free' WHERE plan IS NULL",
        "UPDATE users SET plan = 'free' WHERE id > 3 AND plan <> 'free'",
        "UPDATE users SET plan = COALESCE(plan, 'free')",
        "UPDATE users SET name = lower(name)",
        "UPDATE roles SET about = 'all' WHERE name = 'admin'",
        "UPDATE roles SET about = 'all' WHERE name IN ('admin', 'root') AND tenant = 't'",
        "UPDATE users SET plan = p.plan FROM plans p WHERE p.id = users.id",
        "DELETE FROM roles WHERE name = 'old'",
        "INSERT INTO roles VALUES ('admin')",
        "SELECT 1",
    ],
)
def test_a_statement_that_leaves_others_rows_alone_is_silent(statement: str) -> None:
    """A guarded UPDATE, one of rows that its author knows, and a DELETE with a WHERE are no drift."""
    assert _told(statement) == []


@pytest.mark.parametrize(
    ("statement", "kind", "table", "columns"),
    [
        ("UPDATE users SET plan = 'free'", DriftKind.ROWS_CHANGED, "users", ("plan",)),
        ("UPDATE app.users SET plan = 'free' WHERE age > 3", DriftKind.ROWS_CHANGED, "app.users", ("plan",)),
        ("UPDATE items SET price = price * 100", DriftKind.ROWS_CHANGED, "items", ("price",)),
        ("UPDATE items SET price = price + 1 WHERE id = 7", DriftKind.ROWS_CHANGED, "items", ("price",)),
        ("DELETE FROM users", DriftKind.ROWS_REMOVED, "users", ()),
        ("TRUNCATE users", DriftKind.ROWS_REMOVED, "users", ()),
    ],
)
def test_a_statement_that_sets_others_rows_back_is_told(
    statement: str, kind: DriftKind, table: str, columns: tuple[str, ...]
) -> None:
    """An UPDATE that would undo later changes, or goes on and on, and a removal of all rows are told."""
    assert _told(statement) == [(kind, table, columns)]
