"""What tables take over from those that they inherit from, or are partitions of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.build import Definition, uses_of
from harness.simulator.catalog.common import renumbered
from harness.simulator.catalog.constraints import inherit_check
from harness.simulator.catalog.foreign_keys import inherit_foreign
from harness.simulator.catalog.indexes import clone, spec_of
from harness.simulator.catalog.objects import (
    Bond,
    Column,
    Constraint,
    ConstraintKind,
    Default,
    Dependency,
    Index,
    Ref,
    Relation,
    RelationKind,
    Trigger,
)
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.session import Session


def inherited(session: Session, parent: Relation, column: Column, is_partition: bool) -> Definition:
    """Return a parent's column as a child's definition; a partition has the identity too."""
    default = session.store.one(Default, "default", parent.oid, column.number)
    child = replace(
        column, number=0, is_inherited=True, is_local=False, identity=column.identity if is_partition else ""
    )
    expression = default.expression if default else None
    return Definition(child, default=expression, is_inherited=True, uses=uses_of(default))


def inherit(session: Session, parent: Relation, child: Relation) -> None:
    """Give a new child the constraints of its parent; a partition has its indexes and foreign keys as well."""
    parent = session.store.of(parent.oid, Relation)
    is_partition = parent.kind is RelationKind.PARTITIONED
    for constraint in session.store.all(Constraint, "constraints", parent.oid):
        has_it = session.store.one(Constraint, "constraint", child.oid, constraint.name) is not None
        if constraint.kind is ConstraintKind.CHECK and not constraint.no_inherit and not has_it:
            inherit_check(session, constraint, child)
        elif constraint.kind is ConstraintKind.FOREIGN and is_partition:
            inherit_foreign(session, constraint, child)
    for trigger in session.store.all(Trigger, "triggers", parent.oid) if is_partition else ():
        clone_trigger(session, trigger, child)
    for index in session.store.all(Index, "indexes", parent.oid) if is_partition else ():
        if not _has_alike(session, parent, index, child):
            clone(session, index, child, spec_of(session, index))


def clone_trigger(session: Session, trigger: Trigger, child: Relation) -> None:
    """Give a partition the row trigger of its partitioned table (42710 when it has one of the name)."""
    if not trigger.is_row:
        return
    before = session.store.one(Trigger, "trigger", child.oid, trigger.name)
    is_clone = before is not None and any(each.on == Ref(trigger.oid) for each in before.depends)
    if before is not None and not is_clone:
        said = f'trigger "{trigger.name}" for relation "{child.name}" already exists'
        raise Refused("42710", said, trigger.name, child.name)
    parent = session.store.of(trigger.table, Relation)
    numbers = tuple(renumbered(parent, child, number) for number in trigger.columns)
    kept = {each for each in trigger.depends if each.on.oid != parent.oid and each.bond is not Bond.PARTITION}
    mine = {Dependency(Ref(child.oid), Bond.AUTO), Dependency(Ref(trigger.oid), Bond.PARTITION)}
    copy = replace(
        trigger,
        oid=before.oid if before else session.store.new_oid(),
        table=child.oid,
        columns=numbers,
        depends=frozenset(kept | mine | {Dependency(Ref(child.oid, number)) for number in numbers}),
    )
    session.store.put(copy)
    for each in session.store.all(Relation, "children", child.oid):
        clone_trigger(session, copy, each)


def _has_alike(session: Session, parent: Relation, index: Index, child: Relation) -> bool:
    """Whether a table has an index that can be attached as its part of a partitioned table's."""
    wanted = [column.name if (column := parent.numbered(part.column)) else "" for part in index.parts]
    for each in session.store.all(Index, "indexes", child.oid):
        own = [column.name if (column := child.numbered(part.column)) else "" for part in each.parts]
        if own == wanted and all(own) and (each.is_unique, each.is_primary) == (index.is_unique, index.is_primary):
            return True
    return False
