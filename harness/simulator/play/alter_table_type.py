"""ALTER COLUMN ... TYPE (ATPrepAlterColumnType, ATExecAlterColumnType)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import casts, refill
from harness.simulator.catalog.columns import set_column
from harness.simulator.catalog.foreign_keys import check_types
from harness.simulator.catalog.indexes import partition_columns
from harness.simulator.catalog.objects import (
    Attached,
    Column,
    Constraint,
    ConstraintKind,
    Default,
    Function,
    Index,
    Object,
    Ref,
    Relation,
    RelationKind,
    Trigger,
    Type,
    TypeKind,
    TypeName,
)
from harness.simulator.errors import Refused
from harness.simulator.play.alter_table_columns import require
from harness.simulator.play.alteration import ALTER_TYPE, Alteration, command
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.analyze.model import Literals
    from harness.simulator.session import Session

_VIEWS = frozenset((RelationKind.VIEW, RelationKind.MATERIALIZED))


def _check(alteration: Alteration, node: Any) -> None:
    """Look up the column and its new type, and whether one can be cast to the other (42804), before all else."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    session, relation = alteration.session, alteration.relation
    definition = tree.inner(getattr(node, "def"))
    using = None
    if definition.HasField("raw_default"):
        using = analyze.expression(session, definition.raw_default, analyze.Scope.of_relation(relation)).type
    column = require(alteration, node.name)
    _refuse_fixed(relation, column)
    target = analyze.type_name(session, definition.type_name)
    subject = f'column "{column.name}"' if using is None else f'result of USING clause for column "{column.name}"'
    source = using or column.type
    if casts.is_impossible(session, source, target, "assignment"):
        shown = analyze.format_type(session, target)
        raise Refused("42804", f"{subject} cannot be cast automatically to type {shown}", column.name)
    if not alteration.recurses and session.store.all(Relation, "children", relation.oid):
        said = f'type of inherited column "{column.name}" must be changed in child tables too'
        raise Refused("42P16", said, column.name, relation.name)


def _refuse_fixed(relation: Relation, column: Column) -> None:
    if column.is_inherited:
        raise Refused("42P16", f'cannot alter inherited column "{column.name}"', column.name)
    if column.name in partition_columns(relation):
        said = f'cannot alter column "{column.name}" because it is part of the partition key of relation'
        raise Refused("42P16", f'{said} "{relation.name}"', column.name)


@command("AT_AlterColumnType", step=ALTER_TYPE, kinds="table foreign composite", check=_check)
def alter_type(alteration: Alteration, node: Any) -> None:
    """Give a column another type: with its default, its indexes, its constraints and its rows."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    session = alteration.session
    definition = tree.inner(getattr(node, "def"))
    column = require(alteration, node.name)
    target = analyze.type_name(session, definition.type_name)
    using = definition.raw_default if definition.HasField("raw_default") else None
    collation = ".".join(tree.strings(definition.coll_clause.collname))
    _change(alteration, column, replace(column, type=target, collation=collation), using)


def _change(alteration: Alteration, old: Column, new: Column, using: Any) -> None:
    session, table = alteration.session, alteration.table
    _refuse_default(session, table, new)
    for object_, _ in list(session.store.dependents(Ref(table, old.number))):
        _refuse_dependent(object_, table, old)
    stored = _stored(session, alteration.relation, old) if old.type != new.type else []
    set_column(session, table, new)
    if old.type != new.type or using is not None:
        refill.recast(session, table, new.number, using)
    if old.type != new.type:
        _check_expressions(session, alteration.relation, stored)
        _check_foreign_keys(session, alteration.relation, new.number)
        _check_unique(session, table, new.number)
    for child in alteration.children():
        inherited = child.column(old.name)
        if inherited is not None:
            copy = replace(inherited, type=new.type, collation=new.collation)
            _change(alteration.of(child), inherited, copy, using)


def _refuse_default(session: Session, table: int, column: Column) -> None:
    """Refuse a type to which the default cannot be cast (42804)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    default = session.store.one(Default, "default", table, column.number)
    if default is None or column.is_generated:
        return
    old = session.store.of(table, Relation).numbered(column.number)
    source = _type_of(session, default, old.type if old else column.type)
    if casts.is_impossible(session, source, column.type, "assignment"):
        shown = analyze.format_type(session, column.type)
        said = f'default for column "{column.name}" cannot be cast automatically to type {shown}'
        raise Refused("42804", said, column.name)


def _type_of(session: Session, default: Default, column: TypeName) -> TypeName:
    """Return the type of a default as it is stored: a bare literal has been given the column's."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    found = analyze.expression(session, default.expression, analyze.Scope()).type
    return column if found.name == "unknown" else found


def _refuse_dependent(object_: Object, table: int, column: Column) -> None:
    """Refuse a column on which something stands that is not made again (RememberAllDependentForRebuilding)."""
    what = ""
    match object_:
        case Relation() if object_.kind in _VIEWS:
            what = "used by a view or rule"
        case Attached(kind="rule"):
            what = "used by a view or rule"
        case Attached():
            what = "used in a policy definition"
        case Trigger():
            what = "used in a trigger definition"
        case Function():
            what = "used by a function or procedure"
        case Default() if (object_.table, object_.column) != (table, column.number):
            what = "used by a generated column"
    if what:
        raise Refused("0A000", f"cannot alter type of a column {what}", column.name, object_.name)


_CAST_WHEN_STORED = frozenset(("varchar", "bpchar", "name", "?"))
"""Types whose operators are others': what is stored has a cast, which stays."""
_Stored = tuple[Any, "Literals"]
"""An expression of the catalog, and what its literals were read as."""


def _stored(session: Session, relation: Relation, column: Column) -> list[_Stored]:
    """Return the CHECKs and the expressions of indexes that are to be made again over a column's new type."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    own = session.store.get(column.type.oid)
    if column.type.name in _CAST_WHEN_STORED or (isinstance(own, Type) and own.kind is TypeKind.DOMAIN):
        return []
    scope = analyze.Scope.of_relation(relation)
    found: list[_Stored] = []
    for object_, _ in session.store.dependents(Ref(relation.oid, column.number)):
        for expression in _expressions(object_):
            with suppress(Refused):
                found.append((expression, analyze.expression(session, expression, scope).literals))
    return found


def _expressions(object_: Object) -> list[Any]:
    match object_:
        case Constraint(kind=ConstraintKind.CHECK):
            return [object_.expression]
        case Index():
            parts = [part.expression for part in object_.parts]
            return [each for each in (*parts, object_.predicate) if each is not None]
    return []


def _check_expressions(session: Session, relation: Relation, stored: Iterable[_Stored]) -> None:
    """Refuse a type for which a CHECK or an index on the column has no operator or function (42883)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    scope = analyze.Scope.of_relation(relation)
    for expression, literals in stored:
        analyze.expression(session, expression, scope, literals)


def _check_foreign_keys(session: Session, relation: Relation, number: int) -> None:
    """Refuse a type that does not fit the other side of a foreign key (42804)."""
    mine = session.store.all(Constraint, "constraints", relation.oid)
    theirs = session.store.all(Constraint, "referencing", relation.oid)
    for each in {each.oid: each for each in (*mine, *theirs)}.values():
        if each.kind is not ConstraintKind.FOREIGN:
            continue
        owner = session.store.of(each.owner, Relation)
        target = session.store.of(each.references, Relation)
        for one, two in zip(each.columns, each.referenced, strict=False):
            column, referenced = owner.numbered(one), target.numbered(two)
            is_touched = (owner.oid, one) == (relation.oid, number) or (target.oid, two) == (relation.oid, number)
            if is_touched and column is not None and referenced is not None:
                check_types(session, each.name, column, referenced)


def _check_unique(session: Session, table: int, number: int) -> None:
    """Refuse values that are the same in the new type (23505)."""
    from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

    if not session.store.rows(table):
        return
    for index in session.store.all(Index, "indexes", table):
        if index.is_unique and any(part.column == number for part in index.parts):
            execute.check_unique(session, index)
