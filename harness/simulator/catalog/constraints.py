"""Adds constraints to tables: CHECK and those that stand on an index here (AddRelationNewConstraints)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import casts, names
from harness.simulator.catalog.adopt import adopt_index
from harness.simulator.catalog.common import check_rows, is_partition, refuse_taken, renumbered
from harness.simulator.catalog.foreign_keys import add_foreign
from harness.simulator.catalog.indexes import IndexSpec, Part, add_index, part, primary_key
from harness.simulator.catalog.nulls import set_not_null
from harness.simulator.catalog.objects import (
    Bond,
    Constraint,
    ConstraintKind,
    Dependency,
    Ref,
    Relation,
)
from harness.simulator.errors import Refused
from harness.sql import parse, tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

INDEXED = {
    "CONSTR_PRIMARY": ConstraintKind.PRIMARY,
    "CONSTR_UNIQUE": ConstraintKind.UNIQUE,
    "CONSTR_EXCLUSION": ConstraintKind.EXCLUSION,
}


def add_constraint(session: Session, table: int, node: Any, column: str = "", *, is_new: bool = False) -> None:
    """Add what a Constraint node says, written behind a column perhaps; `is_new` while the table is being made."""
    match tree.enum(node, "contype"):
        case "CONSTR_CHECK":
            add_check(session, table, node)
        case "CONSTR_FOREIGN":
            add_foreign(session, table, node, [column] if column else tree.strings(node.fk_attrs))
        case "CONSTR_NOTNULL":
            add_not_null(session, table, node, column or tree.strings(node.keys)[0])
        case kind if kind in INDEXED:
            add_indexed(session, table, node, column, is_new=is_new)


# CHECK


def add_check(session: Session, table: int, node: Any) -> None:
    """Add a CHECK (42703 and kin for its expression, 42710 for its name, 23514 for the rows)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    relation = session.store.of(table, Relation)
    typed = analyze.expression(session, node.raw_expr, analyze.Scope.of_relation(relation))
    casts.require_condition(session, typed.type, "CHECK")
    numbers = tuple(sorted({ref.column for ref in typed.depends if ref.oid == table and ref.column}))
    name = node.conname
    if name:
        if _merges(session, table, name, node.raw_expr):
            return
        refuse_taken(session, relation, name)
    else:
        name = _check_name(session, session.store.of(table, Relation), numbers)
    mine = {Dependency(Ref(table, number), Bond.AUTO) for number in numbers}
    others = {Dependency(ref) for ref in typed.depends if ref.oid != table}
    made = Constraint(
        oid=session.store.new_oid(),
        name=name,
        owner=table,
        schema=relation.schema,
        kind=ConstraintKind.CHECK,
        columns=numbers,
        expression=node.raw_expr,
        is_validated=not node.skip_validation,
        no_inherit=node.is_no_inherit,
        depends=frozenset((mine or {Dependency(Ref(table), Bond.AUTO)}) | others),
    )
    session.store.put(made)
    if not node.skip_validation:
        check_rows(session, table, made)
    if not node.is_no_inherit:
        _to_children(session, made)


def _merges(session: Session, table: int, name: str, expression: Any) -> bool:
    """Whether a table has inherited the same CHECK: then it becomes its own as well."""
    found = session.store.one(Constraint, "constraint", table, name)
    if found is None or not found.is_inherited or found.kind is not ConstraintKind.CHECK:
        return False
    if is_partition(session.store.of(table, Relation)):
        return False
    return parse.same(found.expression, expression)


def _check_name(session: Session, relation: Relation, numbers: Sequence[int]) -> str:
    column = relation.numbered(numbers[0]) if len(numbers) == 1 else None
    parts = [relation.name, *([column.name] if column else [])]
    return names.choose_constraint_name(session, relation.schema, *parts, label="check")


def _to_children(session: Session, made: Constraint) -> None:
    """Give a CHECK to the tables that inherit; the same one there is merged (MergeWithExistingConstraint)."""
    for child in session.store.all(Relation, "children", made.owner):
        found = session.store.one(Constraint, "constraint", child.oid, made.name)
        if found is None:
            inherit_check(session, made, child)
        elif found.kind is ConstraintKind.CHECK and parse.same(found.expression, made.expression):
            session.store.put(replace(found, is_inherited=True))
        else:
            refuse_taken(session, child, made.name)


def inherit_check(session: Session, made: Constraint, child: Relation) -> None:
    """Give a table the CHECK of one that it inherits from."""
    parent = session.store.of(made.owner, Relation)
    own = [renumbered(parent, child, number) for number in made.columns]
    refs = {Dependency(Ref(child.oid, number), Bond.AUTO) for number in own if number}
    others = {each for each in made.depends if each.on.oid != made.owner}
    copy = replace(
        made,
        oid=session.store.new_oid(),
        owner=child.oid,
        schema=child.schema,
        columns=tuple(own),
        is_inherited=True,
        depends=frozenset((refs or {Dependency(Ref(child.oid), Bond.AUTO)}) | others),
    )
    session.store.put(copy)
    _to_children(session, copy)


# NOT NULL


def add_not_null(session: Session, table: int, node: Any, name: str) -> None:
    """Add a NOT NULL that has a name (a constraint of a table since Postgres 18)."""
    column = session.column(session.store.of(table, Relation), name)
    set_not_null(session, table, column)
    if not node.conname:
        return
    relation = session.store.of(table, Relation)
    refuse_taken(session, relation, node.conname)
    session.store.put(
        Constraint(
            oid=session.store.new_oid(),
            name=node.conname,
            owner=table,
            schema=relation.schema,
            kind=ConstraintKind.NOT_NULL,
            columns=(column.number,),
            depends=frozenset({Dependency(Ref(table, column.number), Bond.AUTO)}),
        )
    )


# PRIMARY KEY, UNIQUE, EXCLUDE


def add_indexed(session: Session, table: int, node: Any, column: str = "", *, is_new: bool = False) -> None:
    """Add a constraint that stands on an index, a new one or one that is there (USING INDEX)."""
    if node.indexname:
        adopt_index(session, table, node)
        return
    spec = spec_of(node, column)
    relation = session.store.of(table, Relation)
    if spec.constraint is ConstraintKind.PRIMARY:
        _set_not_null(session, relation, spec, is_new=is_new)
    add_index(session, table, spec)


def spec_of(node: Any, column: str = "") -> IndexSpec:
    """Read the index of a PRIMARY KEY, UNIQUE or EXCLUDE (42701 for a column that is there twice)."""
    kind = INDEXED[tree.enum(node, "contype")]
    if kind is ConstraintKind.EXCLUSION:
        parts = tuple(_exclusion(item.list.items) for item in node.exclusions)
    else:
        keys = [column] if column else tree.strings(node.keys)
        _refuse_twice(kind, keys)
        parts = tuple(Part(key) for key in keys)
    return IndexSpec(
        parts=parts,
        name=node.conname,
        included=tuple(tree.strings(node.including)),
        method=node.access_method or ("gist" if node.without_overlaps else "btree"),
        predicate=node.where_clause if node.HasField("where_clause") else None,
        is_unique=kind is not ConstraintKind.EXCLUSION,
        constraint=kind,
        is_deferrable=node.deferrable,
        is_deferred=node.initdeferred,
        nulls_not_distinct=node.nulls_not_distinct,
    )


def _exclusion(items: Any) -> Part:
    element, operators = items
    given = part(element.index_elem)
    return replace(given, options=tree.strings(operators.list.items)[-1])


def _refuse_twice(kind: ConstraintKind, keys: list[str]) -> None:
    word = "primary key" if kind is ConstraintKind.PRIMARY else "unique"
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise Refused("42701", f'column "{key}" appears twice in {word} constraint', key)


def _set_not_null(session: Session, relation: Relation, spec: IndexSpec, *, is_new: bool) -> None:
    """Let a primary key's columns hold no NULL."""
    if primary_key(session, relation.oid) is not None:
        return
    for each in spec.parts:
        column = session.store.of(relation.oid, Relation).column(each.name)
        if column is not None and not column.not_null:
            set_not_null(session, relation.oid, column, check=not is_new)
