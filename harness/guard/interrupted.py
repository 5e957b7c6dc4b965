"""Which files of a tracked ladder run again half done: those that are not one transaction with their bookkeeping.

A tool with a tracker runs a file again only when it was interrupted before it was written down. Where the tool puts
file and bookkeeping into one transaction nothing is left then, unless the file itself ends that transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.sql import parse
from harness.sql.tree import enum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.ladder.model import Ladder, Migration

WRAPPING = frozenset(("goose", "sql-migrate", "dbmate", "flyway", "sqlx", "diesel", "drizzle", "supabase"))
"""Styles whose tool begins the transaction in which it also does its bookkeeping."""

_ENDS = ("TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK")
_CONTROL = "TransactionStmt"
_ALONE = frozenset(("VacuumStmt", "CreatedbStmt", "DropdbStmt", "CreateTableSpaceStmt", "AlterSystemStmt"))


def files_at_risk(ladder: Ladder) -> frozenset[str]:
    """Return the names of the files of which an interruption can leave a part behind."""
    wraps = ladder.style in WRAPPING
    return frozenset(migration.name for migration in ladder.migrations if _is_at_risk(migration, wraps=wraps))


def ends_transaction(node: Any) -> bool:
    """Whether a statement ends the transaction that it stands in."""
    return node.DESCRIPTOR.name == _CONTROL and enum(node, "kind") in _ENDS


def _is_at_risk(migration: Migration, *, wraps: bool) -> bool:
    if not migration.transactional:
        return True
    nodes = [node for statement in migration.statements for node in parse.nodes(statement.text)]
    ends = [number for number, node in enumerate(nodes) if ends_transaction(node)]
    if any(_runs_alone(node) for node in nodes):
        return True
    return bool(ends) and (wraps or _has_work(nodes[ends[0] :]))


def _has_work(nodes: Sequence[Any]) -> bool:
    return any(node.DESCRIPTOR.name != _CONTROL for node in nodes)


def _runs_alone(node: Any) -> bool:
    """Whether Postgres refuses a statement within a transaction block, so that the tool sends it outside of one."""
    return node.DESCRIPTOR.name in _ALONE or getattr(node, "concurrent", False) is True
