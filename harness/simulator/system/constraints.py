"""pg_constraint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Constraint, ConstraintKind, Relation
from harness.simulator.system.relations import schema_oid
from harness.simulator.system.views import Others, Wanted, gives, own
from harness.simulator.values import Choice, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_KEYS = Choice("contype", frozenset({"p", "u"}))
"""Postgres's own tables have keys (since Postgres 14) and no other constraints."""
_Rows = Iterator[dict[str, Value]]


def constraints(session: Session, wanted: Wanted, owner: str = "conrelid") -> Iterable[Constraint]:
    """Return the constraints that may pass a filter by their table."""
    if owner not in wanted:
        return session.store.each(Constraint)
    tables = [value for value in wanted[owner] if isinstance(value, int)]
    return [each for table in tables for each in session.store.all(Constraint, "constraints", table)]


@gives("pg_constraint")
def pg_constraint(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a constraint; those of NOT NULL, which Postgres 18 has here, are left out."""
    names = wanted.get("conname")
    for constraint in constraints(session, wanted):
        if names is None or constraint.name in names:
            yield _constraint(session, constraint)
    if names is not None:
        return
    name = {"oid": own("constraint"), "conname": own("constraint"), "confrelid": 0}
    yield Others(name, conrelid=own("relation"), contype=_KEYS, connamespace=schema_oid(session, "pg_catalog"))
    yield Others(name, conrelid=0, contype="c", connamespace=schema_oid(session, "information_schema"))
    for relation in session.store.each(Relation):
        if relation.is_assumed:
            yield Others(oid=own("constraint"), conname=own("constraint"), conrelid=relation.oid)


def _constraint(session: Session, constraint: Constraint) -> dict[str, Value]:
    is_table = isinstance(session.store.get(constraint.owner), Relation)
    is_foreign = constraint.kind is ConstraintKind.FOREIGN
    return {
        "oid": constraint.oid,
        "conname": constraint.name,
        "connamespace": constraint.schema,
        "contype": str(constraint.kind),
        "condeferrable": constraint.is_deferrable,
        "condeferred": constraint.is_deferred,
        "conenforced": True,
        "convalidated": constraint.is_validated,
        "conrelid": constraint.owner if is_table else 0,
        "contypid": 0 if is_table else constraint.owner,
        "conindid": constraint.index,
        "conparentid": 0,
        "confrelid": constraint.references,
        "confupdtype": constraint.on_update if is_foreign else " ",
        "confdeltype": constraint.on_delete if is_foreign else " ",
        "confmatchtype": "s" if is_foreign else " ",
        "conislocal": not constraint.is_inherited,
        "coninhcount": int(constraint.is_inherited),
        "connoinherit": constraint.no_inherit,
        "conkey": list(constraint.columns) or None,
        "confkey": list(constraint.referenced) if is_foreign else None,
    }
