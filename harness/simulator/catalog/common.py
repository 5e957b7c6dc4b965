"""What all kinds of constraints have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Constraint, Relation
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.session import Session


def refuse_taken(session: Session, relation: Relation, name: str) -> None:
    """Refuse a second constraint of a name on one table (42710)."""
    if session.store.one(Constraint, "constraint", relation.oid, name) is not None:
        said = f'constraint "{name}" for relation "{relation.name}" already exists'
        raise Refused("42710", said, name, relation.name)


def check_rows(session: Session, table: int, constraint: Constraint) -> None:
    """Refuse a constraint that a row which is known breaks (23514, 23503)."""
    if session.store.rows(table):
        from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

        execute.check_rows(session, session.store.of(table, Relation), constraint)


def renumbered(parent: Relation, child: Relation, number: int) -> int:
    """Return the number that a parent's column has in a child; 0 where there is none."""
    column = parent.numbered(number)
    found = child.column(column.name) if column else None
    return found.number if found else 0


def is_partition(relation: Relation) -> bool:
    """Whether a table is a partition."""
    return any(name == "bound" for name, _ in relation.settings)
