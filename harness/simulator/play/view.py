"""CREATE VIEW, CREATE MATERIALIZED VIEW and REFRESH."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    NO_TYPE,
    Column,
    Index,
    Ref,
    Relation,
    RelationKind,
    Schema,
    TypeName,
)
from harness.simulator.errors import Refused, Unsure
from harness.simulator.play import plays
from harness.simulator.play.making import check_type_is_free, inside, normal, settings, typed
from harness.simulator.session import TEMPORARY
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.simulator.analyze import Analysis
    from harness.simulator.session import Session

_REFRESHED = (RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.MATERIALIZED)


@plays("ViewStmt")
def create_view(session: Session, node: Any) -> None:
    """Make a view, or replace the query of one: its columns stay, more may come at the end (42P16)."""
    analysis = _analyze(session, node.query)
    columns = _columns(analysis, tree.strings(node.aliases), "VIEW")
    schema = _schema(session, node.view, analysis)
    before = session.store.one(Relation, "relation", schema.oid, node.view.relname)
    if before is not None and node.replace:
        columns = _replaced(session, before, columns)
    _check_names(columns)
    if before is None:
        check_type_is_free(session, schema, node.view.relname)
    elif not node.replace:
        raise Refused("42P07", f'relation "{before.name}" already exists', before.name)
    kept = before or Relation(oid=session.store.new_oid(), name=node.view.relname, schema=schema.oid)
    check = tree.enum(node, "with_check_option")
    made = replace(
        kept,
        kind=RelationKind.VIEW,
        settings=(*settings(node.options), ("check option", check)),
        is_assumed=analysis.is_open,
    )
    session.store.put(_with_query(made, schema, columns, node.query, analysis))


def create_materialized(session: Session, node: Any) -> None:
    """Make a materialized view (a CreateTableAsStmt); its rows are not known."""
    into = node.into
    analysis = _analyze(session, node.query)
    schema = session.creation_schema(into.rel.schemaname)
    before = session.store.one(Relation, "relation", schema.oid, into.rel.relname)
    if before is not None:
        if node.if_not_exists:
            return
        raise Refused("42P07", f'relation "{before.name}" already exists', before.name)
    columns = _columns(analysis, tree.strings(into.col_names), "MATERIALIZED VIEW")
    _check_names(columns)
    check_type_is_free(session, schema, into.rel.relname)
    made = Relation(
        oid=session.store.new_oid(),
        name=into.rel.relname,
        schema=schema.oid,
        kind=RelationKind.MATERIALIZED,
        settings=settings(into.options),
        is_assumed=analysis.is_open,
        has_all_rows=False,
    )
    session.store.put(_with_query(made, schema, columns, node.query, analysis))
    if not into.skip_data:
        _run(session, tree.inner(node.query))


def _run(session: Session, query: Any) -> None:
    """Refuse what the query of a materialized view is refused for once it runs; its rows are not kept."""
    from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

    with suppress(Unsure):
        execute.run_query(session, query, execute.EMPTY)


@plays("RefreshMatViewStmt")
def refresh(session: Session, node: Any) -> None:
    """Fill a materialized view; CONCURRENTLY takes a unique index over whole columns (55000)."""
    relation = session.ranged(node.relation)
    if relation.is_assumed and relation.kind == RelationKind.TABLE:
        return
    if relation.kind not in _REFRESHED:
        raise Refused("42809", f'"{relation.name}" is not a table or materialized view', relation.name)
    if relation.kind != RelationKind.MATERIALIZED:
        raise Refused("0A000", f'"{relation.name}" is not a materialized view', relation.name)
    if node.concurrent and not any(map(_is_usable, session.store.all(Index, "indexes", relation.oid))):
        schema = session.store.of(relation.schema, Schema)
        full = f"{schema.name}.{relation.name}"
        raise Refused("55000", f'cannot refresh materialized view "{full}" concurrently', relation.name)
    if relation.query is not None and not node.skip_data:
        _run(session, relation.query)


def _is_usable(index: Index) -> bool:
    """Whether REFRESH ... CONCURRENTLY can tell rows apart by this index."""
    return index.is_unique and index.predicate is None and all(part.column for part in index.parts)


def _analyze(session: Session, query: Any) -> Analysis:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    return analyze.query(session, tree.inner(query))


def _columns(analysis: Analysis, aliases: Sequence[str], kind: str) -> list[Column]:
    if len(aliases) > len(analysis.columns):
        if kind == "VIEW":
            raise Refused("42601", "CREATE VIEW specifies more column names than columns")
        raise Refused("42601", "too many column names were specified")
    names = [*aliases, *(output.name for output in analysis.columns[len(aliases) :])]
    pairs = zip(names, analysis.columns, strict=True)
    return [Column(number, name, _stored(output.type)) for number, (name, output) in enumerate(pairs, start=1)]


def _stored(type_: TypeName) -> TypeName:
    """Return the type of a column: an untyped literal is text."""
    return TypeName("text") if type_.name == "unknown" else type_


def _check_names(columns: Iterable[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise Refused("42701", f'column "{column.name}" specified more than once', column.name)
        seen.add(column.name)


def _schema(session: Session, target: Any, analysis: Analysis) -> Schema:
    """Return the schema that a view comes into: over a temporary table it is temporary itself."""
    temporary = session.find_schema(TEMPORARY)
    used = (session.store.get(ref.oid) for ref in analysis.depends)
    is_temporary = target.relpersistence == "t" or any(
        isinstance(each, Relation) and temporary is not None and each.schema == temporary.oid for each in used
    )
    return session.creation_schema(target.schemaname, temporary=is_temporary and not target.schemaname)


def _replaced(session: Session, before: Relation, columns: list[Column]) -> list[Column]:
    """Return the columns that a replaced view has, or say why it cannot be replaced (checkViewColumns)."""
    if before.is_assumed and before.kind == RelationKind.TABLE:
        return columns
    if before.kind != RelationKind.VIEW:
        raise Refused("42809", f'"{before.name}" is not a view', before.name)
    if before.is_assumed:
        return columns
    if len(columns) < len(before.columns):
        raise Refused("42P16", "cannot drop columns from view", before.name)
    for old, new in zip(before.columns, columns, strict=False):
        if old.name != new.name:
            said = f'cannot change name of view column "{old.name}" to "{new.name}"'
            raise Refused("42P16", said, before.name, old.name, new.name)
        if _differ(old.type, new.type):
            raise Refused("42P16", _other_type(session, old, new), before.name, old.name)
    return columns


def _differ(old: TypeName, new: TypeName) -> bool:
    """Whether two types are known, and not the same."""
    if NO_TYPE.name in (old.name, new.name):
        return False
    if old.oid or new.oid:
        return (old.oid, old.is_array) != (new.oid, new.is_array)
    return old != new


def _other_type(session: Session, old: Column, new: Column) -> str:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    was, will_be = analyze.format_type(session, old.type), analyze.format_type(session, new.type)
    return f'cannot change data type of view column "{old.name}" from {was} to {will_be}'


def _with_query(made: Relation, schema: Schema, columns: list[Column], query: Any, analysis: Analysis) -> Relation:
    types = [dependency for column in columns for dependency in typed(column.type, column.number)]
    return replace(
        made,
        columns=tuple(columns),
        next_column=len(columns) + 1,
        query=tree.inner(query),
        depends=inside(schema) | normal(ref for ref in analysis.depends if ref != Ref(made.oid)) | set(types),
    )
