"""CREATE TABLE (LIKE other INCLUDING ...)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.build import Definition, uses_of
from harness.simulator.catalog.constraints import inherit_check
from harness.simulator.catalog.indexes import add_index, spec_of
from harness.simulator.catalog.objects import (
    Constraint,
    ConstraintKind,
    Default,
    Index,
    Relation,
    RelationKind,
)
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.session import Session

_CONSTRAINTS, _DEFAULTS, _GENERATED, _IDENTITY, _INDEXES = (1 << bit for bit in (2, 3, 4, 5, 6))
"""Bits of TableLikeOption in parsenodes.h."""
_LIKED = frozenset(RelationKind) - {RelationKind.INDEX, RelationKind.SEQUENCE}


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a table takes over from another one."""

    source: Relation
    definitions: list[Definition]
    options: int

    def finish(self, session: Session, table: int) -> None:
        """Copy what stands on the columns: checks under their names, indexes under new ones."""
        source = session.store.of(self.source.oid, Relation)
        for constraint in session.store.all(Constraint, "constraints", source.oid):
            is_check = constraint.kind is ConstraintKind.CHECK
            if is_check and self.options & _CONSTRAINTS:
                _copy_check(session, constraint, table)
        if self.options & _INDEXES:
            for index in session.store.all(Index, "indexes", source.oid):
                add_index(session, table, spec_of(session, index))


def _copy_check(session: Session, constraint: Constraint, table: int) -> None:
    inherit_check(session, constraint, session.store.of(table, Relation))
    made = session.store.one(Constraint, "constraint", table, constraint.name)
    if made is not None:
        session.store.put(replace(made, is_inherited=False))


def likeness(session: Session, node: Any) -> Likeness:
    """Read a LIKE clause (42P01, 42809)."""
    source = session.ranged(node.relation)
    if source.kind not in _LIKED:
        raise Refused("42809", f'relation "{source.name}" is invalid in LIKE clause', source.name)
    definitions = [_definition(session, source, number, node.options) for number in range(len(source.columns))]
    return Likeness(source, definitions, node.options)


def _definition(session: Session, source: Relation, place: int, options: int) -> Definition:
    column = source.columns[place]
    wanted = _GENERATED if column.is_generated else _DEFAULTS
    default = session.store.one(Default, "default", source.oid, column.number) if options & wanted else None
    identity = column.identity if options & _IDENTITY else ""
    copy = replace(
        column,
        number=0,
        identity=identity,
        is_generated=column.is_generated and default is not None,
        is_inherited=False,
        is_local=True,
    )
    return Definition(copy, default=default.expression if default else None, uses=uses_of(default))
