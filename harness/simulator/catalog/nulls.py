"""NOT NULL of columns, those that inherit included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.columns import set_column
from harness.simulator.catalog.objects import Column, Relation

if TYPE_CHECKING:
    from harness.simulator.session import Session


def set_not_null(session: Session, table: int, column: Column, *, check: bool = True) -> None:
    """Let a column hold no NULL (23502 for a row that is known to have one), nor those that inherit it."""
    if not column.not_null:
        set_column(session, table, replace(column, not_null=True))
        if check and session.store.rows(table):
            from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

            execute.check_not_null(session, session.store.of(table, Relation), column.number)
    for child in session.store.all(Relation, "children", table):
        found = child.column(column.name)
        if found is not None:
            set_not_null(session, child.oid, found, check=check)
