"""UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Index, Relation, RelationKind, Row
from harness.simulator.errors import Refused
from harness.simulator.execute import checks, logic, returning
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.execute.keyed import fields_of
from harness.simulator.execute.sources import cross, heirs
from harness.simulator.execute.streams import MOST_ROWS
from harness.simulator.execute.writing import Values, Writer, blur, default, refuse_given
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_ROW = ""
"""The alias under which a row's environment keeps the whole Row."""


def update(session: Session, node: Any, env: Env) -> Result:
    """Carry an UPDATE out; what its RETURNING gives."""
    relation = session.ranged(node.relation)
    columns = _set_columns(relation, node.target_list)
    back = returning.Returning(node, relation)
    for table in _targets(session, relation, node):
        writer = Writer(session, table.oid, "update")
        writer.begin(columns)
        matches = list(_matches(session, table, node, node.from_clause, env))
        changed = [_change(session, writer, node, row, inner, is_sure) for row, inner, is_sure in matches]
        for (_, inner, is_sure), now in zip(matches, changed, strict=True):
            if now is not None:
                back.add(now, inner, doubtful=not is_sure)
        _check_keys(session, writer, columns)
        writer.end(columns)
        back.is_complete &= table.has_all_rows and not table.is_assumed
    return back.result(session, env)


def _targets(session: Session, relation: Relation, node: Any) -> list[Relation]:
    """Return the table with those that inherit from it; a partition's rows may be its parent's."""
    if relation.kind is not RelationKind.PARTITIONED:
        for oid in relation.parents:
            parent = session.store.get(oid)
            if isinstance(parent, Relation) and parent.kind is RelationKind.PARTITIONED:
                blur(session, relation.oid)
    return [relation, *(heirs(session, relation) if node.relation.inh else ())]


def _set_columns(relation: Relation, targets: Any) -> frozenset[int]:
    columns = (relation.column(item.res_target.name) for item in targets)
    return frozenset(column.number for column in columns if column)


def _matches(
    session: Session, relation: Relation, node: Any, others: Any, env: Env
) -> Iterator[tuple[Row, Env, bool]]:
    """Yield the rows that WHERE finds, each with its environment and whether it is found for sure."""
    alias = node.relation.alias.aliasname or node.relation.relname
    stream = cross(session, others, env) if others else None
    for row in session.store.rows(relation.oid):
        fields = {alias: fields_of(relation, row.values)}
        if stream is None:
            inner = Env(rows=fields, parent=env)
            session.work += 1
            met = UNKNOWN if session.is_tired else _met(session, node, inner)
            if met is True or met is UNKNOWN:
                yield row, inner, met is True
            continue
        found = _first(session, node, fields, stream, env)
        if found is not None:
            yield row, *found


def _first(session: Session, node: Any, fields: Any, stream: Any, env: Env) -> tuple[Env, bool] | None:
    """Return the first combination with other tables' rows that WHERE lets through."""
    perhaps: Env | None = None
    session.work += len(stream.envs)
    if session.is_tired or len(stream.envs) > MOST_ROWS:
        return Env(rows=fields, parent=env), False
    for other, doubtful in stream.items():
        inner = Env(rows={**fields, **other.rows}, parent=env)
        met = _met(session, node, inner)
        if met is True and not doubtful:
            return inner, True
        if met is True or met is UNKNOWN:
            perhaps = perhaps or inner
    if perhaps is None and not stream.is_complete:
        unknown = {alias: dict.fromkeys(names, UNKNOWN) for alias, names in stream.shape}
        inner = Env(rows={**fields, **unknown}, parent=env)
        met = _met(session, node, inner)
        perhaps = inner if met is True or met is UNKNOWN else None
    return None if perhaps is None else (perhaps, False)


def _met(session: Session, node: Any, env: Env) -> Value:
    if not node.HasField("where_clause"):
        return True
    if tree.kind(node.where_clause) == "CurrentOfExpr":
        return UNKNOWN
    return as_bool(evaluate(session, node.where_clause, env))


def _change(session: Session, writer: Writer, node: Any, row: Row, env: Env, is_sure: bool) -> Row | None:
    relation = writer.relation
    if is_sure:
        changed = assigned(session, relation, node.target_list, env)
        return writer.update(row, {**row.values, **changed}, frozenset(changed), keys=False)
    try:
        changed = assigned(session, relation, node.target_list, env)
    except Refused:
        changed = dict.fromkeys(_set_columns(relation, node.target_list), UNKNOWN)
    blurred = {n: v if logic.distinct(v, row.values.get(n)) is False else UNKNOWN for n, v in changed.items()}
    return session.store.put(replace(row, values={**row.values, **blurred}))


def _check_keys(session: Session, writer: Writer, columns: frozenset[int]) -> None:
    """Look for double keys when all rows are changed: in which order they are is not known."""
    relation = writer.relation
    indexes = checks.unique_indexes(session, relation)
    if not any(_may_move(index, columns) for index in indexes):
        return
    for event in writer.events:
        if event.new is not None and session.store.get(event.new.oid) is event.new:
            checks.check_keys(session, relation, event.new.values, but=event.new.oid)


def _may_move(index: Index, columns: frozenset[int]) -> bool:
    """Whether a change of some columns may change a row's key."""
    return index.predicate is not None or any(not part.column or part.column in columns for part in index.parts)


def assigned(session: Session, relation: Relation, targets: Any, env: Env) -> Values:
    """Return the values that SET gives to columns."""
    found: Values = {}
    for item in targets:
        target = item.res_target
        column = session.column(relation, target.name)
        if target.val.WhichOneof("node") == "set_to_default":
            found[column.number] = UNKNOWN if column.is_generated else default(session, relation, column)
            continue
        if column.is_generated or column.identity == "a":
            refuse_given(column, "update")
        if target.indirection:
            found[column.number] = UNKNOWN
        else:
            value = _set_value(session, target.val, env)
            found[column.number] = coerce(session, value, column.type)
    return found


def _set_value(session: Session, node: Any, env: Env) -> Value:
    """Return a value of SET, which may be one of several: (a, b) = (SELECT ...)."""
    if tree.kind(node) != "MultiAssignRef":
        return evaluate(session, node, env)
    several = node.multi_assign_ref
    source = tree.inner(several.source)
    if source.DESCRIPTOR.name == "RowExpr":
        return evaluate(session, source.args[several.colno - 1], env)
    if source.DESCRIPTOR.name != "SubLink":
        return UNKNOWN
    from harness.simulator.execute.query import run_query  # noqa: PLC0415 - it stands on this module

    result = run_query(session, source.subselect, env)
    if not result.is_exact or len(result.rows) > 1:
        return UNKNOWN
    return result.rows[0][several.colno - 1] if result.rows else None


def delete(session: Session, node: Any, env: Env) -> Result:
    """Carry a DELETE out; what its RETURNING gives."""
    relation = session.ranged(node.relation)
    back = returning.Returning(node, relation)
    for table in _targets(session, relation, node):
        writer = Writer(session, table.oid, "delete")
        writer.begin()
        for row, inner, is_sure in list(_matches(session, table, node, node.using_clause, env)):
            if is_sure:
                if writer.delete(row):
                    back.add(row, inner)
            else:
                back.add(row, inner, doubtful=True)
                forget(session, writer.relation, row)
        writer.end()
        back.is_complete &= table.has_all_rows and not table.is_assumed
        if not node.HasField("where_clause") and not node.using_clause:
            _emptied(session, writer)
    return back.result(session, env)


def _emptied(session: Session, writer: Writer) -> None:
    """Take note that a table has no rows but those that triggers may have kept."""
    relation = writer.relation
    if not relation.has_all_rows and not relation.is_assumed:
        session.store.put(replace(relation, has_all_rows=True))


def forget(session: Session, relation: Relation, row: Row) -> None:
    """Take away a row that may or may not be there."""
    session.store.remove(row.oid)
    blur(session, relation.oid)
