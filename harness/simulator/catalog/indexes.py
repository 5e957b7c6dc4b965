"""Makes indexes, and the constraints that stand on them (DefineIndex, index_create)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.simulator.analyze.scope import SYSTEM_COLUMNS
from harness.simulator.catalog import casts, names
from harness.simulator.catalog.objects import (
    Bond,
    Column,
    Constraint,
    ConstraintKind,
    Dependency,
    Extension,
    Index,
    IndexKey,
    Ref,
    Relation,
    RelationKind,
)
from harness.simulator.errors import Refused
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

INDEXED = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.MATERIALIZED))
_LABELS = {
    ConstraintKind.PRIMARY: "pkey",
    ConstraintKind.UNIQUE: "key",
    ConstraintKind.EXCLUSION: "excl",
}
_METHODS = frozenset(("btree", "hash", "gist", "gin", "spgist", "brin"))
_NO_ORDER = frozenset(("json", "xml", "point", "box", "lseg", "path", "polygon", "line", "circle"))
"""Types that no btree can hold without an operator class (pg_opclass)."""
_RANGES = tuple(
    f"{each}{kind}" for each in ("int4", "int8", "num", "ts", "tstz", "date") for kind in ("range", "multirange")
)
_TAKEN = {
    "gin": frozenset(("jsonb", "tsvector")),
    "gist": frozenset(("point", "box", "polygon", "circle", "tsvector", "tsquery", *_RANGES)),
}
"""Types that an access method takes without an operator class; GIN takes arrays too."""


@dataclass(frozen=True, slots=True)
class Part:
    """A key as a statement writes it: a column's name, or an expression."""

    name: str = ""
    expression: Any = None
    label: str = ""
    """What an expression adds to the index's name."""
    options: str = ""
    opclass: str = ""


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """An index as a statement writes it; without a name Postgres chooses one."""

    parts: tuple[Part, ...]
    name: str = ""
    included: tuple[str, ...] = ()
    method: str = "btree"
    predicate: Any = None
    is_unique: bool = False
    constraint: ConstraintKind | None = None
    is_deferrable: bool = False
    is_deferred: bool = False
    nulls_not_distinct: bool = False
    if_not_exists: bool = False
    uses: frozenset[Ref] | None = None
    """What the expressions of another table's index use beside its columns: they are not looked up again."""
    used_columns: frozenset[str] = frozenset()


def part(element: Any) -> Part:
    """Read an IndexElem."""
    words = [
        *tree.strings(element.opclass),
        *tree.strings(element.collation),
        tree.enum(element, "ordering").removeprefix("SORTBY_"),
        tree.enum(element, "nulls_ordering").removeprefix("SORTBY_NULLS_"),
    ]
    options = " ".join(word for word in words if word != "DEFAULT")
    opclass = tree.strings(element.opclass)[-1] if element.opclass else ""
    if element.name:
        return Part(element.name, options=options, opclass=opclass)
    label = element.indexcolname or names.expression_name(element.expr)
    return Part(expression=element.expr, label=label, options=options, opclass=opclass)


def add_index(session: Session, table: int, spec: IndexSpec) -> Index | None:
    """Make an index on a table, with its constraint; None where IF NOT EXISTS found the name taken.

    The order of the checks is Postgres's: expressions, columns, a second primary key, the names, the rows.
    """
    relation = session.store.of(table, Relation)
    used = _expressions(session, relation, spec)
    _check_kind(relation)
    parts = tuple(_key(session, relation, each, spec) for each in spec.parts)
    included = tuple(_column(session, relation, name, spec).number for name in spec.included)
    if spec.constraint is ConstraintKind.PRIMARY:
        _refuse_second_primary(session, relation)
    _check_partition_key(relation, spec)
    name = spec.name or _choose(session, relation, spec)
    if session.store.one(Relation, "relation", relation.schema, name) is not None:
        if spec.if_not_exists:
            return None
        raise Refused("42P07", f'relation "{name}" already exists', name)
    index = Index(
        oid=session.store.new_oid(),
        name=name,
        schema=relation.schema,
        table=table,
        method=spec.method,
        parts=parts,
        included=included,
        predicate=spec.predicate,
        is_unique=spec.is_unique,
        is_primary=spec.constraint is ConstraintKind.PRIMARY,
        nulls_not_distinct=spec.nulls_not_distinct,
    )
    owner = _constraint(session, index, spec) if spec.constraint else None
    index = replace(index, depends=_depends(index, used, owner))
    session.store.put(index)
    if owner is not None:
        session.store.put(owner)
    _check_rows(session, index)
    _on_partitions(session, relation, index, spec)
    return index


def _expressions(session: Session, relation: Relation, spec: IndexSpec) -> set[Ref]:
    """Analyze what is computed, the predicate first; return what it uses."""
    expressions = [each.expression for each in spec.parts if each.expression is not None]
    if spec.predicate is None and not expressions:
        return set()
    if spec.uses is not None:
        found = (relation.column(name) for name in spec.used_columns)
        return {*spec.uses, *(Ref(relation.oid, column.number) for column in found if column)}
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    scope = analyze.Scope.of_relation(relation)
    used: set[Ref] = set()
    if spec.predicate is not None:
        typed = analyze.expression(session, spec.predicate, scope)
        casts.require_condition(session, typed.type, "WHERE")
        used |= typed.depends
    return used.union(*(analyze.expression(session, each, scope).depends for each in expressions))


def _check_kind(relation: Relation) -> None:
    if relation.kind not in INDEXED:
        raise Refused("42809", f'cannot create index on relation "{relation.name}"', relation.name)


def _key(session: Session, relation: Relation, given: Part, spec: IndexSpec) -> IndexKey:
    if not given.name:
        return IndexKey(expression=given.expression, options=given.options)
    column = _column(session, relation, given.name, spec)
    if not given.opclass:
        _check_class(session, column, spec.method)
    return IndexKey(column.number, options=given.options)


def _column(session: Session, relation: Relation, name: str, spec: IndexSpec) -> Column:
    relation = session.store.of(relation.oid, Relation)
    found = relation.column(name)
    if found is not None:
        return found
    if name in SYSTEM_COLUMNS:
        return Column(0, name, relation.columns[0].type)
    if relation.is_assumed or session.may_assume:
        return session.column(relation, name)
    named = " named in key" if spec.constraint else ""
    raise Refused("42703", f'column "{name}"{named} does not exist', name)


def _check_class(session: Session, column: Column, method: str) -> None:
    """Refuse a type that has no order (42704); an extension may have brought an operator class."""
    type_ = column.type
    if type_.oid or type_.name == "?" or session.store.all(Extension, "extensions"):
        return
    refused = method == "btree" and type_.name in _NO_ORDER and not type_.is_array
    if method in _TAKEN:
        is_taken = method == "gin" if type_.is_array else type_.name in _TAKEN[method]
        refused = not is_taken
    if refused:
        said = f'data type {_spoken(session, column)} has no default operator class for access method "{method}"'
        raise Refused("42704", said, column.name)


def _spoken(session: Session, column: Column) -> str:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    return analyze.format_type(session, replace(column.type, modifiers=()))


def _refuse_second_primary(session: Session, relation: Relation) -> None:
    if primary_key(session, relation.oid) is not None:
        said = f'multiple primary keys for table "{relation.name}" are not allowed'
        raise Refused("42P16", said, relation.name)


def _check_partition_key(relation: Relation, spec: IndexSpec) -> None:
    """Refuse a key of a partitioned table over which no partition can watch alone (0A000)."""
    if not spec.is_unique or not set(partition_columns(relation)) - {each.name for each in spec.parts}:
        return
    word = "primary key" if spec.constraint is ConstraintKind.PRIMARY else "unique"
    said = f"{word} constraint on partitioned table must include all partitioning columns"
    raise Refused("0A000", said, relation.name)


def partition_columns(relation: Relation) -> list[str]:
    """Return the columns of a partitioned table's key, as they were called when it was made."""
    if relation.kind is not RelationKind.PARTITIONED:
        return []
    spec = next((value for name, value in relation.settings if name == "partition by"), None)
    return [item.partition_elem.name for item in getattr(spec, "part_params", ()) if item.partition_elem.name]


def primary_key(session: Session, table: int) -> Index | None:
    """Return the index of a table's primary key."""
    return next((each for each in session.store.all(Index, "indexes", table) if each.is_primary), None)


def _choose(session: Session, relation: Relation, spec: IndexSpec) -> str:
    label = _LABELS[spec.constraint] if spec.constraint else "idx"
    if spec.constraint is ConstraintKind.PRIMARY:
        return names.choose_name(session, relation.schema, relation.name, label=label, is_constraint=True)
    keys = names.key_names([*(each.name or each.label for each in spec.parts), *spec.included])
    return names.choose_name(
        session,
        relation.schema,
        relation.name,
        names.addition(keys),
        label=label,
        is_constraint=spec.constraint is not None,
    )


def _constraint(session: Session, index: Index, spec: IndexSpec) -> Constraint:
    if session.store.one(Constraint, "constraint", index.table, index.name) is not None:
        relation = session.store.of(index.table, Relation)
        said = f'constraint "{index.name}" for relation "{relation.name}" already exists'
        raise Refused("42710", said, index.name, relation.name)
    assert spec.constraint is not None  # noqa: S101 - the caller's promise
    return constraint_on(session, index, spec.constraint, spec.is_deferrable, spec.is_deferred)


def constraint_on(
    session: Session, index: Index, kind: ConstraintKind, is_deferrable: bool, is_deferred: bool
) -> Constraint:
    """Return the constraint that stands on an index; it goes with any of its columns."""
    columns = tuple(each.column for each in index.parts)
    refs = {Ref(index.table, number) for number in columns if number} or {Ref(index.table)}
    return Constraint(
        oid=session.store.new_oid(),
        name=index.name,
        owner=index.table,
        schema=index.schema,
        kind=kind,
        columns=columns,
        index=index.oid,
        is_deferrable=is_deferrable or is_deferred,
        is_deferred=is_deferred,
        depends=frozenset(Dependency(ref, Bond.AUTO) for ref in refs),
    )


def _depends(index: Index, used: Iterable[Ref], owner: Constraint | None) -> frozenset[Dependency]:
    """Return what an index depends on: its constraint, or its columns."""
    if owner is not None:
        mine = {Dependency(Ref(owner.oid), Bond.INTERNAL)}
    else:
        columns = [*(each.column for each in index.parts), *index.included]
        mine = {Dependency(Ref(index.table, number), Bond.AUTO) for number in columns if number}
        mine = mine or {Dependency(Ref(index.table), Bond.AUTO)}
    others = {
        Dependency(ref, Bond.AUTO if ref.oid == index.table else Bond.NORMAL)
        for ref in used
        if ref != Ref(index.table)
    }
    return frozenset(mine | others)


def _check_rows(session: Session, index: Index) -> None:
    if index.is_unique and session.store.rows(index.table):
        from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

        execute.check_unique(session, index)


def _on_partitions(session: Session, relation: Relation, index: Index, spec: IndexSpec) -> None:
    """Make the same index on each partition, under names of their own."""
    if relation.kind is not RelationKind.PARTITIONED:
        return
    for child in session.store.all(Relation, "children", relation.oid):
        clone(session, index, child, spec)


def clone(session: Session, index: Index, child: Relation, spec: IndexSpec) -> None:
    """Make a partition's part of a partitioned table's index."""
    made = add_index(session, child.oid, replace(spec, name="", if_not_exists=False))
    if made is not None:
        whole = session.store.of(made.oid, Index)
        session.store.put(replace(whole, depends=whole.depends | {Dependency(Ref(index.oid), Bond.PARTITION)}))
        _tie(session, index, made)


def _tie(session: Session, index: Index, made: Index) -> None:
    """Let the constraint on a partition's index go with that on the partitioned table's."""
    mine = session.store.one(Constraint, "constraint", made.table, made.name)
    parent = session.store.one(Constraint, "constraint", index.table, index.name)
    if mine is not None and parent is not None:
        depends = mine.depends | {Dependency(Ref(parent.oid), Bond.PARTITION)}
        session.store.put(replace(mine, depends=depends, is_inherited=True))


def spec_of(session: Session, index: Index) -> IndexSpec:
    """Return an index as a statement would write it, for a copy of it."""
    table = session.store.of(index.table, Relation)

    def named(number: int) -> str:
        column = table.numbered(number)
        return column.name if column else ""

    owner = session.store.one(Constraint, "constraint", index.table, index.name)
    has_owner = owner is not None and owner.index == index.oid
    parts = tuple(
        Part(named(each.column), options=each.options, opclass=each.options.partition(" ")[0])
        if each.column
        else Part(expression=each.expression, label=names.expression_name(each.expression), options=each.options)
        for each in index.parts
    )
    used = {each.on for each in index.depends if each.bond is not Bond.PARTITION}
    return IndexSpec(
        parts=parts,
        uses=frozenset(ref for ref in used if ref.oid not in (index.table, owner.oid if owner else 0)),
        used_columns=frozenset(named(ref.column) for ref in used if ref.oid == index.table),
        included=tuple(map(named, index.included)),
        method=index.method,
        predicate=index.predicate,
        is_unique=index.is_unique,
        constraint=owner.kind if owner is not None and has_owner else None,
        is_deferrable=owner is not None and has_owner and owner.is_deferrable,
        is_deferred=owner is not None and has_owner and owner.is_deferred,
        nulls_not_distinct=index.nulls_not_distinct,
    )
