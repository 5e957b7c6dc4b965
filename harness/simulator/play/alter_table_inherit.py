"""INHERIT, ATTACH and DETACH PARTITION."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import bounds, casts, partitions
from harness.simulator.catalog.common import is_partition
from harness.simulator.catalog.objects import (
    Bond,
    Constraint,
    ConstraintKind,
    Dependency,
    Index,
    Ref,
    Relation,
    RelationKind,
)
from harness.simulator.errors import Refused
from harness.simulator.play.alteration import Alteration, command
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@command("AT_AddInherit", kinds="table foreign")
def add_inherit(alteration: Alteration, node: Any) -> None:
    """Let a table inherit from another (42P07 when it does already, 42804 when a column is missing)."""
    session, child = alteration.session, alteration.relation
    parent = session.ranged(tree.inner(getattr(node, "def")))
    if parent.oid in child.parents:
        said = f'relation "{parent.name}" would be inherited from more than once'
        raise Refused("42P07", said, parent.name, child.name)
    _take_on(session, session.store.of(parent.oid, Relation), child, Bond.NORMAL)


@command("AT_DropInherit", kinds="table foreign")
def drop_inherit(alteration: Alteration, node: Any) -> None:
    """Let a table inherit no longer (42P01 when it does not)."""
    session, child = alteration.session, alteration.relation
    parent = session.ranged(tree.inner(getattr(node, "def")))
    if parent.oid not in child.parents:
        if child.is_assumed or parent.is_assumed or session.may_assume:
            return
        said = f'relation "{parent.name}" is not a parent of relation "{child.name}"'
        raise Refused("42P01", said, parent.name, child.name)
    _let_go(session, parent, child)


@command("AT_AttachPartition", kinds="table index")
def attach(alteration: Alteration, node: Any) -> None:
    """Make a table a partition (42809 when it is one), or an index a part of a partitioned one."""
    session, parent = alteration.session, alteration.relation
    content = tree.inner(getattr(node, "def"))
    child = session.ranged(content.name)
    if isinstance(parent, Index):
        _attach_index(session, parent, child)
        return
    if parent.kind is not RelationKind.PARTITIONED and not parent.is_assumed:
        said = f'ALTER action ATTACH PARTITION cannot be performed on relation "{parent.name}"'
        raise Refused("42809", said, parent.name)
    child = session.store.of(child.oid, Relation)
    if is_partition(child):
        raise Refused("42809", f'"{child.name}" is already a partition', child.name)
    has_children = child.kind is RelationKind.TABLE and session.store.all(Relation, "children", child.oid)
    role = "child" if child.parents else "parent" if has_children else ""
    if role:
        raise Refused("42809", f"cannot attach inheritance {role} as partition", child.name)
    extra = next((each for each in child.columns if parent.column(each.name) is None), None)
    if extra is not None and not parent.is_assumed:
        said = f'table "{child.name}" contains column "{extra.name}" not found in parent "{parent.name}"'
        raise Refused("42804", said, extra.name, child.name)
    bounds.refuse_overlap(session, parent, child.name, content.bound)
    child = session.store.put(replace(child, settings=(*child.settings, ("bound", content.bound))))
    _take_on(session, parent, child, Bond.AUTO)


@command("AT_DetachPartition", "AT_DetachPartitionFinalize")
def detach(alteration: Alteration, node: Any) -> None:
    """Make a partition a table of its own (42P01 when it is none)."""
    session, parent = alteration.session, alteration.relation
    child = session.ranged(tree.inner(getattr(node, "def")).name)
    if parent.oid not in child.parents:
        if child.is_assumed or parent.is_assumed or session.may_assume:
            return
        said = f'relation "{child.name}" is not a partition of relation "{parent.name}"'
        raise Refused("42P01", said, parent.name, child.name)
    settings = tuple(each for each in child.settings if each[0] != "bound")
    _let_go(session, parent, session.store.put(replace(child, settings=settings)))


def _attach_index(session: Session, parent: Index, child: Relation) -> None:
    if not isinstance(child, Index):
        raise Refused("42809", f'"{child.name}" is not an index', child.name)
    session.store.put(replace(child, depends=child.depends | {Dependency(Ref(parent.oid), Bond.PARTITION)}))


def _take_on(session: Session, parent: Relation, child: Relation, bond: Bond) -> None:
    """Tie a child to its parent: the same columns have to be there (42804)."""
    for column in parent.columns:
        found = child.column(column.name)
        if found is None and not child.is_assumed:
            said = f'child table is missing column "{column.name}"'
            raise Refused("42804", said, column.name, child.name)
        if found is not None and casts.differ(found.type, column.type):
            said = f'child table "{child.name}" has different type for column "{column.name}"'
            raise Refused("42804", said, column.name, child.name)
        if found is not None and column.not_null and not found.not_null and found.type.name != "?":
            said = f'column "{column.name}" in child table "{child.name}" must be marked NOT NULL'
            raise Refused("42804", said, column.name, child.name)
    _take_checks(session, parent, child)
    names = {column.name for column in parent.columns}
    columns = tuple(
        replace(column, is_inherited=True, is_local=bond is not Bond.AUTO) if column.name in names else column
        for column in child.columns
    )
    depends = child.depends | {Dependency(Ref(parent.oid), bond)}
    parents = (*child.parents, parent.oid)
    tied = session.store.put(replace(child, columns=columns, parents=parents, depends=depends))
    if bond is Bond.AUTO:
        partitions.inherit(session, parent, tied)


def _take_checks(session: Session, parent: Relation, child: Relation) -> None:
    """Let a child's checks be its parent's: the same have to be there (42804)."""
    for constraint in session.store.all(Constraint, "constraints", parent.oid):
        if constraint.kind is not ConstraintKind.CHECK or constraint.no_inherit:
            continue
        found = session.store.one(Constraint, "constraint", child.oid, constraint.name)
        if found is not None:
            session.store.put(replace(found, is_inherited=True))
        elif not child.is_assumed:
            said = f'child table is missing constraint "{constraint.name}"'
            raise Refused("42804", said, constraint.name, child.name)


def _let_go(session: Session, parent: Relation, child: Relation) -> None:
    """Untie a child; what it took over is its own now."""
    depends = frozenset(each for each in child.depends if each.on != Ref(parent.oid))
    parents = tuple(each for each in child.parents if each != parent.oid)
    columns = tuple(replace(column, is_inherited=bool(parents), is_local=True) for column in child.columns)
    session.store.put(replace(child, columns=columns, parents=parents, depends=depends))
    of_parent = {
        each.oid
        for each in (
            *session.store.all(Constraint, "constraints", parent.oid),
            *session.store.all(Index, "indexes", parent.oid),
        )
    }
    for object_ in (
        *session.store.all(Constraint, "constraints", child.oid),
        *session.store.all(Index, "indexes", child.oid),
    ):
        kept = frozenset(each for each in object_.depends if each.on.oid not in of_parent)
        if isinstance(object_, Constraint):
            session.store.put(replace(object_, depends=kept, is_inherited=False))
        else:
            session.store.put(replace(object_, depends=kept))
