"""Adds CHECK, foreign key and index constraints (AddRelationNewConstraints, ATAddForeignKeyConstraint)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog import casts, names
from harness.simulator.catalog.adopt import adopt_index
from harness.simulator.catalog.indexes import IndexSpec, Part, add_index, part, primary_key
from harness.simulator.catalog.nulls import set_not_null
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
from harness.sql import parse, tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

INDEXED = {
    "CONSTR_PRIMARY": ConstraintKind.PRIMARY,
    "CONSTR_UNIQUE": ConstraintKind.UNIQUE,
    "CONSTR_EXCLUSION": ConstraintKind.EXCLUSION,
}
_REFERENCED = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED))


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
    return parse.same(found.expression, expression)


def _check_name(session: Session, relation: Relation, numbers: Sequence[int]) -> str:
    column = relation.numbered(numbers[0]) if len(numbers) == 1 else None
    parts = [relation.name, *([column.name] if column else [])]
    return names.choose_constraint_name(session, relation.schema, *parts, label="check")


def _to_children(session: Session, made: Constraint) -> None:
    """Give a CHECK to the tables that inherit; one that has it already keeps it (MergeWithExistingConstraint)."""
    for child in session.store.all(Relation, "children", made.owner):
        if session.store.one(Constraint, "constraint", child.oid, made.name) is None:
            inherit_check(session, made, child)


def inherit_check(session: Session, made: Constraint, child: Relation) -> None:
    """Give a table the CHECK of one that it inherits from."""
    parent = session.store.of(made.owner, Relation)
    own = [_renumbered(parent, child, number) for number in made.columns]
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


def _renumbered(parent: Relation, child: Relation, number: int) -> int:
    column = parent.numbered(number)
    found = child.column(column.name) if column else None
    return found.number if found else 0


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


# FOREIGN KEY


def add_foreign(session: Session, table: int, node: Any, keys: list[str]) -> None:
    """Add a foreign key: name, tables, columns, the unique index it refers to, types, rows, in Postgres's order."""
    relation = session.store.of(table, Relation)
    name = node.conname
    if name:
        refuse_taken(session, relation, name)
    else:
        parts = (relation.name, names.addition(keys))
        name = names.choose_constraint_name(session, relation.schema, *parts, label="fkey")
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


def inherit_foreign(session: Session, made: Constraint, child: Relation) -> None:
    """Give a partition the foreign key of its partitioned table."""
    parent = session.store.of(made.owner, Relation)
    numbers = tuple(_renumbered(parent, child, number) for number in made.columns)
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


# all of them


def refuse_taken(session: Session, relation: Relation, name: str) -> None:
    """Refuse a second constraint of a name on one table (42710)."""
    if session.store.one(Constraint, "constraint", relation.oid, name) is not None:
        said = f'constraint "{name}" for relation "{relation.name}" already exists'
        raise Refused("42710", said, name, relation.name)


def check_rows(session: Session, table: int, constraint: Constraint) -> None:
    """Refuse a constraint that a row which is known breaks (23514, 23503)."""
    if session.store.rows(table):
        from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

        execute.check_rows(session, session.store.of(table, Relation), constraint)
