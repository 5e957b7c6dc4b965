"""ADD, DROP, VALIDATE and ALTER CONSTRAINT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.simulator.catalog import build
from harness.simulator.catalog.adopt import find_index
from harness.simulator.catalog.columns import set_column
from harness.simulator.catalog.common import check_rows
from harness.simulator.catalog.drop import drop
from harness.simulator.catalog.names import make_name
from harness.simulator.catalog.objects import Constraint, ConstraintKind, Ref, Relation, RelationKind
from harness.simulator.errors import Refused
from harness.simulator.play.alteration import (
    ADD_CONSTRAINT,
    ADD_INDEX,
    ATTRIBUTES,
    DROP,
    INDEX_CONSTRAINT,
    OTHER_CONSTRAINT,
    Alteration,
    command,
)
from harness.sql import tree

_INDEXED = frozenset(("CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"))


@command("AT_AddConstraint", step=ADD_CONSTRAINT, kinds="table foreign")
def add_constraint(alteration: Alteration, node: Any) -> None:
    """Add a constraint, each kind in its pass: keys before checks and foreign keys."""
    constraint = tree.inner(getattr(node, "def"))
    kind = tree.enum(constraint, "contype")
    if kind in _INDEXED:
        step = INDEX_CONSTRAINT if constraint.indexname else ADD_INDEX
        if constraint.indexname:
            find_index(alteration.session, alteration.table, constraint.indexname)
    else:
        step = ATTRIBUTES if kind == "CONSTR_NOTNULL" else OTHER_CONSTRAINT
    alteration.later(step, lambda: _add(alteration, constraint))


def _add(alteration: Alteration, constraint: Any) -> None:
    session, table = alteration.session, alteration.table
    kind = tree.enum(constraint, "contype")
    if (
        kind == "CONSTR_FOREIGN"
        and not alteration.recurses
        and alteration.relation.kind is RelationKind.PARTITIONED
    ):
        name, target = alteration.relation.name, session.ranged(constraint.pktable).name
        said = f'cannot use ONLY for foreign key on partitioned table "{name}" referencing relation "{target}"'
        raise Refused("42809", said, name)
    build.add_constraint(session, table, constraint)
    is_check = kind == "CONSTR_CHECK" and not constraint.is_no_inherit
    if is_check and not alteration.recurses and session.store.all(Relation, "children", table):
        raise Refused("42P16", "constraint must be added to child tables too", alteration.relation.name)


@command("AT_DropConstraint", step=DROP, kinds="table foreign")
def drop_constraint(alteration: Alteration, node: Any) -> None:
    """Drop a constraint with its index (42704 for a missing one, 2BP01 when foreign keys need it)."""
    session, relation = alteration.session, alteration.relation
    found = session.store.one(Constraint, "constraint", relation.oid, node.name)
    if found is None:
        _missing(alteration, node)
        return
    if found.is_inherited:
        said = f'cannot drop inherited constraint "{found.name}" of relation "{relation.name}"'
        raise Refused("42P16", said, found.name, relation.name)
    _release(alteration, found)
    refs = [Ref(found.oid)]
    if found.kind is ConstraintKind.CHECK and not found.no_inherit:
        refs += _of_children(alteration, found.name)
        _leave_to_children(alteration, found.name)
    drop(session, refs, cascade=tree.enum(node, "behavior") == "DROP_CASCADE")


def _missing(alteration: Alteration, node: Any) -> None:
    relation = alteration.relation
    column = next(
        (c for c in relation.columns if make_name(relation.name, c.name, label="not_null") == node.name), None
    )
    if column is not None and column.not_null:  # a constraint since Postgres 18
        set_column(alteration.session, relation.oid, replace(column, not_null=False))
    elif not node.missing_ok:
        _require(alteration, node.name)


def _require(alteration: Alteration, name: str) -> None:
    """Refuse a constraint that is not there; one that the cold boot does not know was there before."""
    relation = alteration.relation
    if relation.is_assumed:
        return
    if alteration.session.may_assume:
        alteration.session.assumed.append(f"constraint {relation.name}.{name}")
        return
    said = f'constraint "{name}" of relation "{relation.name}" does not exist'
    raise Refused("42704", said, name, relation.name)


def _release(alteration: Alteration, found: Constraint) -> None:
    """Let a column be NULL again whose named NOT NULL is dropped."""
    if found.kind is not ConstraintKind.NOT_NULL:
        return
    column = alteration.relation.numbered(found.columns[0]) if found.columns else None
    if column is not None:
        set_column(alteration.session, alteration.table, replace(column, not_null=False))


def _of_children(alteration: Alteration, name: str) -> list[Ref]:
    refs: list[Ref] = []
    for child in alteration.children():
        found = alteration.session.store.one(Constraint, "constraint", child.oid, name)
        if found is not None and found.is_inherited:
            refs += [Ref(found.oid), *_of_children(alteration.of(child), name)]
    return refs


def _leave_to_children(alteration: Alteration, name: str) -> None:
    """Make a constraint that is dropped from ONLY the parent the own one of its children."""
    if alteration.recurses:
        return
    for child in alteration.session.store.all(Relation, "children", alteration.table):
        found = alteration.session.store.one(Constraint, "constraint", child.oid, name)
        if found is not None:
            alteration.session.store.put(replace(found, is_inherited=False))


@command("AT_ValidateConstraint")
def validate(alteration: Alteration, node: Any) -> None:
    """Check the rows that were there before a NOT VALID constraint (42704, 42809, 23514, 23503)."""
    session, relation = alteration.session, alteration.relation
    found = session.store.one(Constraint, "constraint", relation.oid, node.name)
    if found is None:
        _require(alteration, node.name)
        return
    if found.kind not in (ConstraintKind.CHECK, ConstraintKind.FOREIGN, ConstraintKind.NOT_NULL):
        said = f'constraint "{found.name}" of relation "{relation.name}" is not a foreign key or check constraint'
        raise Refused("42809", said, found.name, relation.name)
    if found.is_validated:
        return
    valid = session.store.put(replace(found, is_validated=True))
    check_rows(session, relation.oid, valid)
    for child in alteration.children():
        if session.store.one(Constraint, "constraint", child.oid, node.name) is not None:
            validate(alteration.of(child), node)


@command("AT_AlterConstraint")
def alter_constraint(alteration: Alteration, node: Any) -> None:
    """Change when a foreign key is checked (42704; 42809 for another constraint)."""
    session, relation = alteration.session, alteration.relation
    content = tree.inner(getattr(node, "def"))
    name = content.conname
    found = session.store.one(Constraint, "constraint", relation.oid, name)
    if found is None:
        _require(alteration, name)
        return
    if (
        found.kind is not ConstraintKind.FOREIGN
        and tree.kind(content) == "ATAlterConstraint"
        and content.alter_deferrability
    ):
        said = f'constraint "{name}" of relation "{relation.name}" is not a foreign key constraint'
        raise Refused("42809", said, name, relation.name)
    deferrable, deferred = content.deferrable, content.initdeferred
    session.store.put(replace(found, is_deferrable=deferrable or deferred, is_deferred=deferred))
    if relation.kind is RelationKind.PARTITIONED:
        for child in session.store.all(Relation, "children", relation.oid):
            if session.store.one(Constraint, "constraint", child.oid, name) is not None:
                alter_constraint(alteration.of(child), node)
