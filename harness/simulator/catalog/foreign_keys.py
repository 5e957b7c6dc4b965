"""Adds foreign keys (ATAddForeignKeyConstraint)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import casts, names
from harness.simulator.catalog.common import check_rows, refuse_taken, renumbered
from harness.simulator.catalog.indexes import primary_key
from harness.simulator.catalog.objects import (
    Bond,
    Column,
    Constraint,
    ConstraintKind,
    Dependency,
    Index,
    Ref,
    Relation,
    RelationKind,
)
from harness.simulator.errors import Refused
from harness.simulator.session import TEMPORARY
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_REFERENCED = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED))


def add_foreign(session: Session, table: int, node: Any, keys: list[str]) -> None:
    """Add a foreign key: name, tables, columns, the unique index it refers to, types, rows, in Postgres's order."""
    relation = session.store.of(table, Relation)
    name = _name(session, relation, node.conname, keys)
    target = session.ranged(node.pktable)
    if target.kind not in _REFERENCED:
        raise Refused("42809", f'referenced relation "{target.name}" is not a table', target.name)
    _check_persistence(session, relation, target)
    columns = [_foreign_column(session, table, key) for key in keys]
    wanted = tree.strings(node.pk_attrs)
    if not wanted:
        index, referenced = _primary(session, target)
    else:
        referenced = [_foreign_column(session, target.oid, key) for key in wanted]
        index = _matching(session, session.store.of(target.oid, Relation), referenced)
    if referenced and len(columns) != len(referenced):
        said = "number of referencing and referenced columns for foreign key disagree"
        raise Refused("42830", said, relation.name, target.name)
    for one, two in zip(columns, referenced, strict=False):
        check_types(session, name, one, two)
    made = Constraint(
        oid=session.store.new_oid(),
        name=name,
        owner=table,
        schema=relation.schema,
        kind=ConstraintKind.FOREIGN,
        columns=tuple(column.number for column in columns),
        index=index.oid if index else 0,
        references=target.oid,
        referenced=tuple(column.number for column in referenced),
        on_delete=node.fk_del_action or "a",
        on_update=node.fk_upd_action or "a",
        is_deferrable=node.deferrable or node.initdeferred,
        is_deferred=node.initdeferred,
        is_validated=not node.skip_validation,
        depends=_foreign_depends(table, columns, target, referenced, index),
    )
    session.store.put(made)
    if not node.skip_validation:
        check_rows(session, table, made)
    if relation.kind is RelationKind.PARTITIONED:
        for child in session.store.all(Relation, "children", table):
            inherit_foreign(session, made, child)


def _name(session: Session, relation: Relation, given: str, keys: list[str]) -> str:
    """Return the name that is given, unless it is taken, or the one that Postgres would choose."""
    if given:
        refuse_taken(session, relation, given)
        return given
    parts = (relation.name, names.addition(keys))
    return names.choose_constraint_name(session, relation.schema, *parts, label="fkey")


def inherit_foreign(session: Session, made: Constraint, child: Relation) -> None:
    """Give a partition the foreign key of its partitioned table."""
    parent = session.store.of(made.owner, Relation)
    numbers = tuple(renumbered(parent, child, number) for number in made.columns)
    kept = {each for each in made.depends if each.on.oid != made.owner}
    own = {Dependency(Ref(child.oid, number), Bond.AUTO) for number in numbers if number}
    name = made.name
    if session.store.one(Constraint, "constraint", child.oid, name) is not None:
        columns = [column.name for number in numbers if (column := child.numbered(number))]
        parts = (child.name, names.addition(columns))
        name = names.choose_constraint_name(session, child.schema, *parts, label="fkey")
    copy = replace(
        made,
        oid=session.store.new_oid(),
        name=name,
        owner=child.oid,
        schema=child.schema,
        columns=numbers,
        is_inherited=True,
        depends=frozenset(kept | own | {Dependency(Ref(made.oid), Bond.AUTO)}),
    )
    session.store.put(copy)
    if child.kind is RelationKind.PARTITIONED:
        for each in session.store.all(Relation, "children", child.oid):
            inherit_foreign(session, copy, each)


_ALLOWED = {"permanent": ("permanent",), "unlogged": ("permanent", "unlogged"), "temporary": ("temporary",)}


def _check_persistence(session: Session, relation: Relation, target: Relation) -> None:
    """Refuse a reference to rows that may be gone sooner (42P16)."""
    mine, theirs = (persistence(session, each) for each in (relation, target))
    if theirs not in _ALLOWED[mine]:
        said = f"constraints on {mine} tables may reference only {' or '.join(_ALLOWED[mine])} tables"
        raise Refused("42P16", said, relation.name, target.name)


def persistence(session: Session, relation: Relation) -> str:
    """Return how long a table's rows stay: permanent, unlogged or temporary."""
    temporary = session.find_schema(TEMPORARY)
    if temporary is not None and relation.schema == temporary.oid:
        return "temporary"
    return "unlogged" if ("persistence", "unlogged") in relation.settings else "permanent"


def _foreign_column(session: Session, table: int, name: str) -> Column:
    relation = session.store.of(table, Relation)
    found = relation.column(name)
    if found is not None:
        return found
    if relation.is_assumed or session.may_assume:
        return session.column(relation, name)
    raise Refused("42703", f'column "{name}" referenced in foreign key constraint does not exist', name)


def _primary(session: Session, target: Relation) -> tuple[Index | None, list[Column]]:
    index = primary_key(session, target.oid)
    if index is None:
        if target.is_assumed or session.may_assume:
            return None, []
        said = f'there is no primary key for referenced table "{target.name}"'
        raise Refused("42704", said, target.name)
    return index, [column for each in index.parts if (column := target.numbered(each.column))]


def _matching(session: Session, target: Relation, columns: Sequence[Column]) -> Index | None:
    """Return the unique index over exactly these columns, in whatever order (transformFkeyCheckAttrs)."""
    wanted = sorted(column.number for column in columns)
    deferrable = False
    for index in session.store.all(Index, "indexes", target.oid):
        if not index.is_unique or index.predicate is not None or not index.is_valid:
            continue
        if sorted(each.column for each in index.parts) != wanted:
            continue
        owner = session.store.one(Constraint, "constraint", target.oid, index.name)
        if owner is None or not owner.is_deferrable:
            return index
        deferrable = True
    if target.is_assumed or session.may_assume:
        return None
    if deferrable:
        said = f'cannot use a deferrable unique constraint for referenced table "{target.name}"'
        raise Refused("55000", said, target.name)
    said = f'there is no unique constraint matching given keys for referenced table "{target.name}"'
    raise Refused("42830", said, target.name)


_FAMILIES = (
    frozenset(("int2", "int4", "int8")),
    frozenset(("float4", "float8")),
    frozenset(("date", "timestamp", "timestamptz")),
    frozenset(("text", "name", "varchar", "bpchar")),
)
"""Types with an equality operator between them in one operator family (pg_amop)."""


def check_types(session: Session, name: str, column: Column, referenced: Column) -> None:
    """Refuse a foreign key between types that cannot be compared (42804)."""
    one, two = (casts.base_of(session, each.type) for each in (column, referenced))
    if any({one.name, two.name} <= family for family in _FAMILIES) and not (one.is_array or two.is_array):
        return
    if casts.is_impossible(session, one, two, "implicit"):
        raise Refused(
            "42804", f'foreign key constraint "{name}" cannot be implemented', column.name, referenced.name
        )


def _foreign_depends(
    table: int,
    columns: Sequence[Column],
    target: Relation,
    referenced: Sequence[Column],
    index: Index | None,
) -> frozenset[Dependency]:
    mine = {Dependency(Ref(table, column.number), Bond.AUTO) for column in columns}
    theirs = {Dependency(Ref(target.oid, column.number)) for column in referenced} or {Dependency(Ref(target.oid))}
    on_index = {Dependency(Ref(index.oid))} if index else set()
    return frozenset(mine | theirs | on_index)
