"""CREATE TABLE, CREATE TABLE AS and SELECT INTO."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.simulator.analyze.scope import SYSTEM_COLUMNS
from harness.simulator.catalog import bounds, build, casts, partitions
from harness.simulator.catalog.build import Definition
from harness.simulator.catalog.columns import type_depends
from harness.simulator.catalog.common import is_partition
from harness.simulator.catalog.objects import (
    Bond,
    Column,
    Dependency,
    Ref,
    Relation,
    RelationKind,
    Schema,
    Type,
)
from harness.simulator.errors import Refused
from harness.simulator.play import plays, table_keys
from harness.simulator.play.like import Likeness, likeness
from harness.simulator.session import TEMPORARY
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_PARENTS = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.FOREIGN))


@dataclass(slots=True)
class _Plan:
    """What a CREATE TABLE asks for, checked as far as Postgres does before it makes the table."""

    table: str
    definitions: list[Definition] = field(default_factory=list)
    constraints: list[Any] = field(default_factory=list)
    keys: list[table_keys.Key] = field(default_factory=list)
    """Primary keys and UNIQUEs in the order in which they are written, with the column behind which they stand."""
    likes: list[Likeness] = field(default_factory=list)
    parents: list[Relation] = field(default_factory=list)
    of_type: int = 0
    """The composite type that it is OF."""

    def names(self) -> set[str]:
        return {each.column.name for each in self.definitions}


@plays("CreateStmt")
def create_table(session: Session, node: Any) -> None:
    """Make a table; see `create`."""
    create(session, node)


def create(session: Session, node: Any, kind: RelationKind = RelationKind.TABLE) -> Relation | None:
    """Make a table with all that stands in its statement; None where IF NOT EXISTS found one.

    A plain CREATE TABLE finds out that the name is taken after types, keys and parents have been looked up, but
    before defaults, checks and foreign keys (transformCreateStmt, DefineRelation).
    """
    name = node.relation.relname
    schema = _schema(session, node.relation)
    if node.if_not_exists and session.store.one(Relation, "relation", schema.oid, name) is not None:
        return None
    plan = _plan(session, node)
    _merge_parents(session, node, plan)
    _refuse_double(plan)
    refuse_taken(session, schema, name)
    if node.HasField("partbound"):
        _check_bound(session, node, plan)
    made = _store(session, node, schema, kind, plan)
    _fill(session, made.oid, plan)
    return made


def _schema(session: Session, target: Any) -> Schema:
    is_temporary = target.relpersistence == "t" or target.schemaname == TEMPORARY
    if is_temporary and target.schemaname not in ("", TEMPORARY):
        raise Refused("42P16", "cannot create temporary relation in non-temporary schema")
    return session.creation_schema(target.schemaname, temporary=is_temporary)


def refuse_taken(session: Session, schema: Schema, name: str) -> None:
    """Refuse a relation whose name, or whose row type's name, is taken (42P07, 42710)."""
    if session.store.one(Relation, "relation", schema.oid, name) is not None:
        raise Refused("42P07", f'relation "{name}" already exists', name)
    if session.store.one(Type, "type", schema.oid, name) is not None:
        raise Refused("42710", f'type "{name}" already exists', name)


# the parts of the statement


def _plan(session: Session, node: Any) -> _Plan:
    plan = _Plan(node.relation.relname)
    if node.HasField("of_typename"):
        plan.definitions += _of_type(session, plan, node.of_typename)
    for item in node.table_elts:
        element = tree.inner(item)
        match tree.kind(element):
            case "ColumnDef":
                definition = build.define(session, element)
                _add(plan, definition)
                plan.keys += [(element.colname, each) for each in definition.constraints]
            case "Constraint":
                plan.constraints.append(element)
                plan.keys.append(("", element))
            case "TableLikeClause":
                like = likeness(session, element)
                plan.definitions += like.definitions
                plan.likes.append(like)
    plan.constraints += [tree.inner(item) for item in node.constraints]
    for item in node.inh_relations:
        plan.parents.append(_parent(session, item.range_var, of_partition=node.HasField("partbound")))
    _check_keys(plan)
    return plan


def _add(plan: _Plan, definition: Definition) -> None:
    """Add a column; one that is only described further (OF type, PARTITION OF) is merged with what there is."""
    for place, each in enumerate(plan.definitions):
        if each.column.name == definition.column.name and definition.column.type.name == "?":
            column = replace(each.column, not_null=each.column.not_null or definition.column.not_null)
            plan.definitions[place] = replace(definition, column=column, default=definition.default or each.default)
            return
    plan.definitions.append(definition)


def _of_type(session: Session, plan: _Plan, node: Any) -> list[Definition]:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    type_ = analyze.type_name(session, node)
    found = session.store.get(type_.oid)
    if not isinstance(found, Relation):
        if type_.name != "?":
            raise Refused("42809", f"type {type_.name} is not a composite type", type_.name)
        return []
    plan.of_type = found.oid
    return [Definition(Column(0, each.name, each.type)) for each in found.columns]


def _parent(session: Session, node: Any, *, of_partition: bool) -> Relation:
    parent = session.ranged(node)
    if parent.kind is RelationKind.PARTITIONED and not of_partition:
        raise Refused("42809", f'cannot inherit from partitioned table "{parent.name}"', parent.name)
    if is_partition(parent) and not of_partition:
        raise Refused("42809", f'cannot inherit from partition "{parent.name}"', parent.name)
    if parent.kind not in _PARENTS:
        said = f'inherited relation "{parent.name}" is not a table or foreign table'
        raise Refused("42809", said, parent.name)
    return parent


def _check_keys(plan: _Plan) -> None:
    """Check the keys against the columns, unless there may be more of these than are known."""
    known = plan.names() | {column.name for parent in plan.parents for column in parent.columns}
    is_open = any(each.is_assumed for each in (*plan.parents, *(like.source for like in plan.likes)))
    table_keys.check(plan.table, plan.keys, None if is_open else known)


def _merge_parents(session: Session, node: Any, plan: _Plan) -> None:
    """Take over the columns of parents; those that the statement names too are one (MergeAttributes)."""
    for parent in reversed(plan.parents):
        own = {each.column.name: each for each in plan.definitions}
        inherited = []
        for column in session.store.of(parent.oid, Relation).columns:
            if column.name not in own:
                inherited.append(partitions.inherited(session, parent, column, node.HasField("partbound")))
                continue
            was = own[column.name]
            if casts.differ(was.column.type, column.type):
                raise Refused("42804", f'column "{column.name}" has a type conflict', column.name)
            merged = replace(
                was.column,
                type=column.type if was.column.type.name == "?" else was.column.type,
                not_null=was.column.not_null or column.not_null,
                is_inherited=True,
            )
            given = partitions.inherited(session, parent, column, node.HasField("partbound"))
            default = given.default if was.default is None else was.default
            plan.definitions[plan.definitions.index(was)] = replace(was, column=merged, default=default)
        plan.definitions[:0] = inherited


def _refuse_double(plan: _Plan) -> None:
    seen: set[str] = set()
    for each in plan.definitions:
        name = each.column.name
        if name in SYSTEM_COLUMNS:
            raise Refused("42701", f'column name "{name}" conflicts with a system column name', name)
        if name in seen:
            raise Refused("42701", f'column "{name}" specified more than once', name)
        seen.add(name)


# the table


def _store(session: Session, node: Any, schema: Schema, kind: RelationKind, plan: _Plan) -> Relation:
    if node.HasField("partspec"):
        kind = RelationKind.PARTITIONED
    bond = Bond.AUTO if node.HasField("partbound") else Bond.NORMAL
    parents = {Dependency(Ref(parent.oid), bond) for parent in plan.parents}
    made = Relation(
        oid=session.store.new_oid(),
        name=node.relation.relname,
        schema=schema.oid,
        kind=kind,
        parents=tuple(parent.oid for parent in plan.parents),
        settings=_settings(node),
        is_assumed=any(each.is_assumed for each in (*plan.parents, *(like.source for like in plan.likes))),
        depends=frozenset({Dependency(Ref(schema.oid)), *parents}),
    )
    if plan.of_type:
        depends = made.depends | {Dependency(Ref(plan.of_type))}
        made = replace(made, settings=(*made.settings, ("of", "a type")), depends=depends)
    return session.store.put(made)


def _check_bound(session: Session, node: Any, plan: _Plan) -> None:
    for parent in plan.parents:
        if parent.kind is not RelationKind.PARTITIONED and not parent.is_assumed:
            raise Refused("42P17", f'"{parent.name}" is not partitioned', parent.name)
        bounds.refuse_overlap(session, parent, node.relation.relname, node.partbound)


def _settings(node: Any) -> tuple[tuple[str, object], ...]:
    found: list[tuple[str, object]] = []
    if node.HasField("partspec"):
        found.append(("partition by", node.partspec))
    if node.HasField("partbound"):
        found.append(("bound", node.partbound))
    if node.relation.relpersistence == "u":
        found.append(("persistence", "unlogged"))
    found += [(item.def_elem.defname, str(item.def_elem.arg)) for item in node.options]
    return tuple(found)


def _fill(session: Session, table: int, plan: _Plan) -> None:
    """Put on columns, then what stands on them: keys, checks, and foreign keys last."""
    _put_columns(session, table, plan)
    waiting = [(each.column.name, node) for each in plan.definitions for node in each.constraints]
    waiting += [("", node) for node in plan.constraints]
    by_kind = {kind: [(column, node) for column, node in waiting if _phase(node) == kind] for kind in range(4)}
    for column, node in (*by_kind[0], *by_kind[1]):
        build.add_constraint(session, table, node, column, is_new=True)
    for like in plan.likes:
        like.finish(session, table)
    for parent in plan.parents:
        partitions.inherit(session, parent, session.store.of(table, Relation))
    for column, node in (*table_keys.without_redundant(by_kind[2]), *by_kind[3]):
        build.add_constraint(session, table, node, column, is_new=True)


_PHASES = {"CONSTR_CHECK": 0, "CONSTR_NOTNULL": 1, "CONSTR_FOREIGN": 3}


def _phase(node: Any) -> int:
    """Return when a constraint is added: checks with the table, then indexes, then foreign keys."""
    return _PHASES.get(tree.enum(node, "contype"), 2)


def _put_columns(session: Session, table: int, plan: _Plan) -> None:
    """Put all columns on at once, then their sequences and defaults, which may refer to each other."""
    relation = session.store.of(table, Relation)
    columns = [replace(each.column, number=number) for number, each in enumerate(plan.definitions, start=1)]
    depends = relation.depends.union(*map(type_depends, columns))
    session.store.put(replace(relation, columns=tuple(columns), next_column=len(columns) + 1, depends=depends))
    for column, definition in zip(columns, plan.definitions, strict=True):
        build.furnish(session, table, column, definition)


# CREATE TABLE AS


@plays("CreateTableAsStmt")
def create_table_as(session: Session, node: Any) -> None:
    """Make a table of a query's result, or a materialized view."""
    if tree.enum(node, "objtype") == "OBJECT_MATVIEW":
        from harness.simulator.play.view import create_materialized  # noqa: PLC0415 - a sibling

        create_materialized(session, node)
        return
    make_from_query(session, node.into, tree.inner(node.query), if_not_exists=node.if_not_exists)


def select_into(session: Session, node: Any) -> None:
    """Carry out SELECT ... INTO, which is CREATE TABLE AS."""
    into, query = node.into_clause, type(node)()
    query.CopyFrom(node)
    query.ClearField("into_clause")
    make_from_query(session, into, query)


def make_from_query(session: Session, into: Any, query: Any, *, if_not_exists: bool = False) -> None:
    """Make a table of a query's columns, and fill it as far as its rows are known (42P07, 42601, 42701).

    The query is looked at even where IF NOT EXISTS finds the table.
    """
    from harness.simulator.play.table_as import analyzed, as_columns, fill  # noqa: PLC0415 - a sibling

    outputs, is_open = analyzed(session, query)
    schema = _schema(session, into.rel)
    if if_not_exists and session.store.one(Relation, "relation", schema.oid, into.rel.relname) is not None:
        return
    refuse_taken(session, schema, into.rel.relname)
    columns = as_columns(outputs, tree.strings(into.col_names), is_open=is_open)
    made = Relation(
        oid=session.store.new_oid(),
        name=into.rel.relname,
        schema=schema.oid,
        columns=tuple(columns),
        next_column=len(columns) + 1,
        is_assumed=is_open,
        depends=frozenset({Dependency(Ref(schema.oid))}).union(*map(type_depends, columns)),
    )
    session.store.put(made)
    if not into.skip_data:
        fill(session, made, query)
