"""SELECT, INSERT, UPDATE, DELETE and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator import execute
from harness.simulator.execute.truncate import truncate
from harness.simulator.execute.writing import blur
from harness.simulator.play import plays
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@plays("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")
def run(session: Session, node: Any) -> None:
    """Run a query."""
    if node.DESCRIPTOR.name == "SelectStmt" and node.HasField("into_clause"):
        from harness.simulator.play.table import select_into  # noqa: PLC0415 - a module of the same kind

        select_into(session, node)
        return
    execute.run_statement(session, node, execute.EMPTY)


@plays("TruncateStmt")
def empty(session: Session, node: Any) -> None:
    """Empty tables."""
    truncate(session, node)


@plays("CopyStmt")
def copy(session: Session, node: Any) -> None:
    """Take note of rows that come from elsewhere."""
    if node.HasField("query"):
        execute.run_statement(session, tree.inner(node.query), execute.EMPTY)
        return
    relation = session.ranged(node.relation)
    for item in node.attlist:
        session.column(relation, item.string.sval)
    if node.is_from:
        blur(session, relation.oid)
