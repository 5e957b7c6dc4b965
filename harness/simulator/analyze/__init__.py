"""What Postgres's parse analysis says of an expression or a query: its types, what it names, or its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.analyze import modify, select, walk
from harness.simulator.analyze.coercion import can_cast
from harness.simulator.analyze.conflict import arbiters
from harness.simulator.analyze.model import Analysis, Literals, Node, Output, Typed, Work
from harness.simulator.analyze.scope import Scope
from harness.simulator.analyze.types import SERIALS, format_type, type_name

if TYPE_CHECKING:
    from harness.simulator.session import Session

__all__ = [
    "SERIALS",
    "Analysis",
    "Output",
    "Scope",
    "Typed",
    "arbiters",
    "can_cast",
    "expression",
    "format_type",
    "query",
    "statement",
    "type_name",
]


walk.load()  # first, or the module `expression` would take the place of the function


def query(session: Session, node: Node, scope: Scope | None = None) -> Analysis:
    """Analyze a SELECT, VALUES or set operation, within a scope perhaps; Refused as Postgres would."""
    work = Work(session)
    found = select.query(work, node, scope)
    return Analysis(found.outputs, frozenset(work.depends), found.is_open)


def statement(session: Session, node: Node, scope: Scope | None = None) -> Analysis:
    """Analyze an INSERT, UPDATE, DELETE, MERGE or SELECT; the columns are those of RETURNING."""
    work = Work(session)
    found = modify.statement(work, node, scope)
    return Analysis(found.outputs, frozenset(work.depends), found.is_open)


def expression(session: Session, node: Node, scope: Scope, settled: Literals | None = None) -> Typed:
    """Analyze an expression whose names are those of `scope`; Refused as Postgres would.

    One that is stored has its literals `settled`: they keep the types that they were read as.
    """
    work = Work(session, settled=settled or {})
    type_ = walk.typed(work, node, scope)
    return Typed(type_, frozenset(work.depends), work.literals)
