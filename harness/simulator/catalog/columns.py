"""Changes a column of a relation in place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Column, Dependency, Ref, Relation

if TYPE_CHECKING:
    from harness.simulator.session import Session


def type_depends(column: Column) -> frozenset[Dependency]:
    """Return that a column depends on a type of the ladder's own."""
    if not column.type.oid:
        return frozenset()
    return frozenset({Dependency(Ref(column.type.oid), of=column.number)})


def set_column(session: Session, table: int, column: Column) -> None:
    """Replace the column of the same number."""
    relation = session.store.of(table, Relation)
    columns = tuple(column if each.number == column.number else each for each in relation.columns)
    depends = frozenset(each for each in relation.depends if each.of != column.number) | type_depends(column)
    session.store.put(replace(relation, columns=columns, depends=depends))
