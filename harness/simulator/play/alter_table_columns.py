"""ADD COLUMN, DROP COLUMN, and the properties of columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.analyze.scope import SYSTEM_COLUMNS
from harness.simulator.catalog import build, casts, refill
from harness.simulator.catalog.columns import set_column
from harness.simulator.catalog.common import is_partition
from harness.simulator.catalog.drop import drop
from harness.simulator.catalog.indexes import partition_columns, primary_key
from harness.simulator.catalog.nulls import set_not_null
from harness.simulator.catalog.objects import Column, Default, Ref, Relation, RelationKind, Sequence
from harness.simulator.errors import Refused
from harness.simulator.play.alteration import (
    ADD_COLUMN,
    ADD_INDEX,
    ATTRIBUTES,
    DROP,
    OTHER_CONSTRAINT,
    ROWS,
    Alteration,
    Check,
    command,
)
from harness.simulator.play.making import options
from harness.simulator.play.sequence import change
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


def require(alteration: Alteration, name: str) -> Column:
    """Return a column that has to be there (42703)."""
    if name in SYSTEM_COLUMNS:
        raise Refused("0A000", f'cannot alter system column "{name}"', name)
    return alteration.session.column(alteration.relation, name)


# ADD COLUMN


def _refuse_typed(what: str) -> Check:
    """Refuse to change the columns of a table that has them from a composite type (42809)."""

    def check(alteration: Alteration, _node: Any) -> None:
        if any(name == "of" for name, _ in alteration.relation.settings):
            raise Refused("42809", f"cannot {what} typed table", alteration.relation.name)

    return check


@command("AT_AddColumn", step=ADD_COLUMN, kinds="table foreign composite", check=_refuse_typed("add column to"))
def add_column(alteration: Alteration, node: Any) -> None:
    """Add a column; its keys, checks and references come in passes of their own."""
    relation, element = alteration.relation, getattr(node, "def")
    element = tree.inner(element)
    if is_partition(relation):
        raise Refused("42809", "cannot add column to a partition", relation.name)
    name = element.colname
    existing = relation.column(name)
    if existing is not None and not _is_made_up(alteration, relation, existing):
        if node.missing_ok:
            return
        raise Refused("42701", f'column "{name}" of relation "{relation.name}" already exists', name, relation.name)
    if name in SYSTEM_COLUMNS:
        raise Refused("42701", f'column name "{name}" conflicts with a system column name', name)
    definition = build.define(alteration.session, element)
    if not alteration.recurses and alteration.session.store.all(Relation, "children", relation.oid):
        raise Refused("42P16", "column must be added to child tables too", relation.name)
    _put(alteration, definition, existing)
    for constraint in definition.constraints:
        kind = tree.enum(constraint, "contype")
        step = ADD_INDEX if kind in ("CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION") else OTHER_CONSTRAINT
        alteration.later(step, _adds(alteration, constraint, name))


def _adds(alteration: Alteration, constraint: Any, name: str) -> Callable[[], None]:
    return lambda: build.add_constraint(alteration.session, alteration.table, constraint, name)


def _is_made_up(alteration: Alteration, relation: Relation, column: Column) -> bool:
    """Whether a column is there only because the cold boot took a statement's word for it."""
    return alteration.session.is_cold and column.type.name == "?" and (
        relation.is_assumed or f"column {relation.name}.{column.name}" in alteration.session.assumed
    )  # fmt: skip


def _put(alteration: Alteration, definition: build.Definition, existing: Column | None) -> None:
    session, table = alteration.session, alteration.table
    if existing is not None:
        column = replace(definition.column, number=existing.number)
        set_column(session, table, column)
        build.furnish(session, table, column, definition)
    else:
        column = build.add_column(session, table, definition)
    _fill(session, table, column)
    if column.not_null:
        alteration.later(ROWS, lambda: refill.refuse_nulls(session, session.store.of(table, Relation), column))
    for child in alteration.children():
        _put_on_child(alteration.of(child), definition)


def _put_on_child(alteration: Alteration, definition: build.Definition) -> None:
    """Give the column to a table that inherits; one that it has of this name becomes the parent's."""
    relation = alteration.relation
    found = relation.column(definition.column.name)
    if found is not None:
        if casts.differ(found.type, definition.column.type):
            said = f'child table "{relation.name}" has different type for column "{found.name}"'
            raise Refused("42804", said, relation.name, found.name)
        set_column(alteration.session, relation.oid, replace(found, is_inherited=True))
        return
    default = definition.default
    column = replace(definition.column, is_inherited=True, is_local=False)
    _put(alteration, build.Definition(column, default=default, is_inherited=True), None)


def _fill(session: Session, table: int, column: Column) -> None:
    """Give the new column its value in the rows that are there."""
    default = session.store.one(Default, "default", table, column.number)
    if default is not None:
        refill.fill(session, table, column.number, default.expression)
    elif column.identity:
        _count(session, table, column)


def _count(session: Session, table: int, column: Column) -> None:
    """Give each row a number from the sequence of a new identity column."""
    sequence = identity_sequence(session, table, column)
    if sequence is not None:
        refill.fill(session, table, column.number, build.nextval(session, sequence))


def identity_sequence(session: Session, table: int, column: Column) -> Sequence | None:
    """Return the sequence of an identity column."""
    found = (each for each, _ in session.store.dependents(Ref(table, column.number)))
    return next((each for each in found if isinstance(each, Sequence)), None)


# DROP COLUMN


@command("AT_DropColumn", step=DROP, kinds="table foreign composite", check=_refuse_typed("drop column from"))
def drop_column(alteration: Alteration, node: Any) -> None:
    """Drop a column with the indexes and constraints on it; what else needs it takes CASCADE (2BP01)."""
    relation = alteration.relation
    column = relation.column(node.name)
    if column is None and node.missing_ok:
        return
    if node.name in SYSTEM_COLUMNS:
        raise Refused("0A000", f'cannot drop system column "{node.name}"', node.name)
    column = column or require(alteration, node.name)
    _refuse_inherited(relation, column, "drop inherited column")
    if column.name in partition_columns(relation):
        said = f'cannot drop column "{column.name}" because it is part of the partition key of relation'
        raise Refused("42P16", f'{said} "{relation.name}"', column.name)
    cascade = tree.enum(node, "behavior") == "DROP_CASCADE"
    if not alteration.recurses:
        _refuse_only(alteration, relation)
        _leave_to_children(alteration, column)
    drop(alteration.session, [*_inheriting(alteration, column), Ref(relation.oid, column.number)], cascade=cascade)


def _inheriting(alteration: Alteration, column: Column) -> list[Ref]:
    """Return the same column of all tables that inherit it."""
    found: list[Ref] = []
    for child in alteration.children():
        inherited = child.column(column.name)
        if inherited is not None and inherited.is_local:
            set_column(alteration.session, child.oid, replace(inherited, is_inherited=False))
        elif inherited is not None and inherited.is_inherited:
            found += [Ref(child.oid, inherited.number), *_inheriting(alteration.of(child), inherited)]
    return found


def _refuse_only(alteration: Alteration, relation: Relation) -> None:
    is_partitioned = relation.kind is RelationKind.PARTITIONED
    if is_partitioned and alteration.session.store.all(Relation, "children", relation.oid):
        said = "cannot drop column from only the partitioned table when partitions exist"
        raise Refused("42P16", said, relation.name)


def _leave_to_children(alteration: Alteration, column: Column) -> None:
    """Make the column the own one of all tables that inherit it."""
    for child in alteration.session.store.all(Relation, "children", alteration.table):
        inherited = child.column(column.name)
        if inherited is not None:
            set_column(alteration.session, child.oid, replace(inherited, is_inherited=False, is_local=True))


def _refuse_inherited(relation: Relation, column: Column, what: str) -> None:
    if column.is_inherited:
        raise Refused("42P16", f'cannot {what} "{column.name}"', column.name, relation.name)


# DEFAULT


def _default_step(alteration: Alteration, node: Any) -> None:
    """SET DEFAULT goes with the constraints, DROP DEFAULT with what is dropped."""
    step = OTHER_CONSTRAINT if getattr(node, "def").WhichOneof("node") else DROP
    alteration.later(step, lambda: change_default(alteration, node))


@command("AT_ColumnDefault", kinds="table foreign view", check=_default_step)
def _default_is_queued(_alteration: Alteration, _node: Any) -> None:
    """Do nothing: `_default_step` has put the command in its pass."""


def change_default(alteration: Alteration, node: Any) -> None:
    """Set a default, or take it away (42703, 42804; 42601 for identity and generated columns)."""
    session, relation = alteration.session, alteration.relation
    column = require(alteration, node.name)
    what = "an identity" if column.identity else "a generated" if column.is_generated else ""
    if what:
        said = f'column "{column.name}" of relation "{relation.name}" is {what} column'
        raise Refused("42601", said, column.name, relation.name)
    expression = getattr(node, "def")
    if expression.WhichOneof("node"):
        build.set_default(session, relation.oid, column.number, expression)
    else:
        build.remove_default(session, relation.oid, column.number)
    for child in alteration.children():
        if child.column(node.name) is not None:
            change_default(alteration.of(child), node)


# NOT NULL


@command("AT_SetNotNull", step=ATTRIBUTES, kinds="table foreign")
def set_null_refused(alteration: Alteration, node: Any) -> None:
    """Refuse NULLs from now on (23502 when there are some)."""
    session, relation = alteration.session, alteration.relation
    column = require(alteration, node.name)
    children = [] if alteration.recurses else session.store.all(Relation, "children", relation.oid)
    inherited = [child.column(node.name) for child in children]
    if relation.kind is RelationKind.PARTITIONED and any(each and not each.not_null for each in inherited):
        raise Refused("42P16", "constraint must be added to child tables too", relation.name)
    set_not_null(session, relation.oid, column)


@command("AT_DropNotNull", step=DROP, kinds="table foreign")
def drop_not_null(alteration: Alteration, node: Any) -> None:
    """Allow NULLs (42P16 for a column of the primary key, 42601 for an identity column)."""
    session, relation = alteration.session, alteration.relation
    column = require(alteration, node.name)
    if column.identity:
        said = f'column "{column.name}" of relation "{relation.name}" is an identity column'
        raise Refused("42601", said, column.name, relation.name)
    index = primary_key(session, relation.oid)
    if index is not None and any(part.column == column.number for part in index.parts):
        raise Refused("42P16", f'column "{column.name}" is in a primary key', column.name, relation.name)
    if column.not_null:
        set_column(session, relation.oid, replace(column, not_null=False))
    for child in alteration.children():
        if child.column(node.name) is not None:
            drop_not_null(alteration.of(child), node)


# IDENTITY and GENERATED


@command("AT_AddIdentity", step=OTHER_CONSTRAINT, kinds="table foreign view")
def add_identity(alteration: Alteration, node: Any) -> None:
    """Make a column an identity column (55000)."""
    session, relation = alteration.session, alteration.relation
    column = require(alteration, node.name)
    constraint = tree.inner(getattr(node, "def"))
    build.refuse_identity(column)
    if not column.not_null and column.type.name != "?":
        raise _unfit(relation, column, "must be declared NOT NULL before identity can be added")
    if column.identity:
        raise _unfit(relation, column, "is already an identity column")
    if session.store.one(Default, "default", relation.oid, column.number) is not None:
        raise _unfit(relation, column, "already has a default value")
    column = replace(column, identity=constraint.generated_when or "d")
    set_column(session, relation.oid, column)
    build.own_sequence(session, relation.oid, column, constraint.options)


@command("AT_SetIdentity", step=ATTRIBUTES, kinds="table foreign view")
def set_identity(alteration: Alteration, node: Any) -> None:
    """Change an identity column (55000 for another)."""
    column = require(alteration, node.name)
    if not column.identity:
        raise _unfit(alteration.relation, column, "is not an identity column")
    given = options(tree.inner(getattr(node, "def")).items)
    generated = given.pop("generated", None)
    if generated is not None:
        set_column(alteration.session, alteration.table, replace(column, identity=chr(generated.ival)))
    sequence = identity_sequence(alteration.session, alteration.table, column)
    if given and sequence is not None:
        change(alteration.session, sequence, given)


@command("AT_DropIdentity", step=DROP, kinds="table foreign view")
def drop_identity(alteration: Alteration, node: Any) -> None:
    """Make a column no identity column, and drop its sequence."""
    column = require(alteration, node.name)
    if not column.identity:
        if node.missing_ok:
            return
        raise _unfit(alteration.relation, column, "is not an identity column")
    sequence = identity_sequence(alteration.session, alteration.table, column)
    set_column(alteration.session, alteration.table, replace(column, identity=""))
    if sequence is not None:
        alteration.session.store.remove(sequence.oid)


@command("AT_DropExpression", step=DROP, kinds="table foreign")
def drop_expression(alteration: Alteration, node: Any) -> None:
    """Make a generated column a plain one."""
    column = require(alteration, node.name)
    if not column.is_generated:
        if node.missing_ok:
            return
        raise _unfit(alteration.relation, column, "is not a generated column")
    set_column(alteration.session, alteration.table, replace(column, is_generated=False))
    build.remove_default(alteration.session, alteration.table, column.number)


@command("AT_SetExpression", step=ATTRIBUTES, kinds="table foreign")
def set_expression(alteration: Alteration, node: Any) -> None:
    """Generate a column from something else (Postgres 17)."""
    column = require(alteration, node.name)
    if not column.is_generated:
        raise _unfit(alteration.relation, column, "is not a generated column")
    build.set_default(alteration.session, alteration.table, column.number, getattr(node, "def"))
    refill.fill(alteration.session, alteration.table, column.number, getattr(node, "def"))


def _unfit(relation: Relation, column: Column, why: str) -> Refused:
    return Refused("55000", f'column "{column.name}" of relation "{relation.name}" {why}', column.name)


@command(
    "AT_SetStorage", "AT_SetCompression", "AT_SetOptions", "AT_ResetOptions", kinds="table foreign materialized"
)
def set_property(alteration: Alteration, node: Any) -> None:
    """Set what decides nothing here; the column has to be there."""
    require(alteration, node.name)


@command("AT_SetStatistics", kinds="table foreign materialized index")
def set_statistics(alteration: Alteration, node: Any) -> None:
    """Set a column's statistics target; an index's column goes by its number."""
    if node.name:
        require(alteration, node.name)
