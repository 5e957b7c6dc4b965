"""TRUNCATE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Constraint, Ref, Relation, Sequence
from harness.simulator.catalog.store import Standing
from harness.simulator.errors import Refused
from harness.simulator.execute import triggers
from harness.simulator.execute.sources import heirs
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


def truncate(session: Session, node: Any) -> None:
    """Empty tables, with those that refer to them under CASCADE (0A000 without)."""
    named = [session.ranged(item.range_var) for item in node.relations]
    tables = {each.oid: each for one in named for each in (one, *heirs(session, one))}
    _refer(session, tables, cascade=tree.enum(node, "behavior") == "DROP_CASCADE")
    for each in tables.values():
        triggers.of_statement(session, each, "before", "truncate")
    for each in tables.values():
        for row in session.store.rows(each.oid):
            session.store.remove(row.oid)
        if not each.has_all_rows and not each.is_assumed:
            session.store.put(replace(each, has_all_rows=True))
        if node.restart_seqs:
            _restart(session, each)
    for each in tables.values():
        triggers.of_statement(session, each, "after", "truncate")


def _refer(session: Session, tables: dict[int, Relation], *, cascade: bool) -> None:
    """Add the tables that refer to these, or refuse."""
    waiting = list(tables)
    while waiting:
        for each in session.store.all(Constraint, "referencing", waiting.pop()):
            referring = session.store.get(each.owner)
            if not isinstance(referring, Relation) or referring.oid in tables:
                continue
            if not cascade:
                said = "cannot truncate a table referenced in a foreign key constraint"
                raise Refused("0A000", said, referring.name, each.name)
            tables[referring.oid] = referring
            waiting.append(referring.oid)


def _restart(session: Session, relation: Relation) -> None:
    for found, dependency in session.store.dependents(Ref(relation.oid)):
        if isinstance(found, Sequence) and dependency.on.column:
            session.store.sequences[found.oid] = Standing(found.start)
