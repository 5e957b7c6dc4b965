"""INSERT, with ON CONFLICT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Column, Index, Relation, Row
from harness.simulator.errors import Refused
from harness.simulator.execute import checks, keyed, logic, returning
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.execute.keyed import MAYBE, fields_of
from harness.simulator.execute.query import run_query, spread_values
from harness.simulator.execute.update import assigned
from harness.simulator.execute.writing import Values, Writer, default, refuse_given
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_DEFAULT = object()
"""In place of a value: the word DEFAULT."""


def insert(session: Session, node: Any, env: Env) -> Result:
    """Carry an INSERT out; what its RETURNING gives."""
    clause = node.on_conflict_clause
    if tree.enum(clause, "action") == "ONCONFLICT_UPDATE" and not clause.HasField("infer"):
        raise Refused("42601", "ON CONFLICT DO UPDATE requires inference specification or constraint name")
    relation = session.ranged(node.relation)
    writer = Writer(session, relation.oid, "insert")
    writer.begin()
    given = _given(session, node, env)
    columns = _columns(session, relation, node, given)
    relation = writer.relation
    back = returning.Returning(node, relation)
    for place, row in enumerate(given.rows):
        values = _completed(session, relation, node, columns, row)
        _place(session, writer, node, env, values, back, is_sure=place not in given.doubtful)
    if not given.is_complete:
        writer.blur()
        back.is_complete = False
    writer.end()
    return back.result(session, env)


def _given(session: Session, node: Any, env: Env) -> Result:
    """Return the rows to put in, with `_DEFAULT` where a row says DEFAULT."""
    if not node.HasField("select_stmt"):
        return Result((), [()])
    select = node.select_stmt.select_stmt
    if not select.values_lists or select.sort_clause or select.HasField("limit_count"):
        return run_query(session, node.select_stmt, env)
    _require_one_length(select.values_lists)
    rows = [tuple(_values(session, each.list.items, env)) for each in select.values_lists]
    return Result((), rows)


def _require_one_length(lists: Any) -> None:
    if len({len(each.list.items) for each in lists}) > 1:
        raise Refused("42601", "VALUES lists must all be the same length")


def _values(session: Session, items: Any, env: Env) -> Iterator[Value]:
    for item in items:
        if item.WhichOneof("node") == "set_to_default":
            yield _DEFAULT
        else:
            yield from spread_values(session, [item], env)


def _columns(session: Session, relation: Relation, node: Any, given: Result) -> list[tuple[Column, bool]]:
    """Return the columns that are given, each with whether it is given whole."""
    if node.cols:
        targets = [item.res_target for item in node.cols]
        return [(session.column(relation, target.name), not target.indirection) for target in targets]
    width = len(given.rows[0]) if given.rows else 0
    return [(column, True) for column in relation.columns[:width]]


def _completed(
    session: Session, relation: Relation, node: Any, columns: Sequence[tuple[Column, bool]], row: tuple[Value, ...]
) -> Values:
    """Return a whole row: what is given in its columns' types, and defaults for the rest."""
    override = tree.enum(node, "override")
    values: Values = {}
    for (column, is_whole), value in zip(columns, row, strict=False):
        if value is _DEFAULT or (column.identity and override == "OVERRIDING_USER_VALUE"):
            continue
        if column.is_generated or (column.identity == "a" and override != "OVERRIDING_SYSTEM_VALUE"):
            refuse_given(column, "insert")
        values[column.number] = coerce(session, value, column.type) if is_whole else UNKNOWN
    for column in relation.columns:
        if column.number not in values and not column.is_generated:
            values[column.number] = default(session, relation, column)
    return values


def _place(
    session: Session,
    writer: Writer,
    node: Any,
    env: Env,
    values: Values,
    back: returning.Returning,
    *,
    is_sure: bool,
) -> None:
    """Put one row in, or do what ON CONFLICT says."""
    if not is_sure:
        writer.blur()
        back.is_complete = False
        return
    made = writer.prepare(values)
    if made is None:
        return
    if not node.HasField("on_conflict_clause"):
        back.add(writer.insert(made))
        return
    found, is_certain = _conflict(session, writer.relation, node.on_conflict_clause, made)
    if not is_certain:
        _perhaps(session, writer, node.on_conflict_clause, env, made, back)
    elif found is None:
        back.add(writer.insert(made))
    elif tree.enum(node.on_conflict_clause, "action") == "ONCONFLICT_UPDATE":
        _update(session, writer, node, env, made, session.store.of(found, Row), back)


def _arbiters(session: Session, relation: Relation, clause: Any) -> list[Index] | None:
    """Return the indexes that decide on a conflict; None where they cannot be told."""
    from harness.simulator import analyze  # noqa: PLC0415 - it stands on this room

    if relation.is_assumed:
        return None
    if not clause.HasField("infer"):
        return checks.unique_indexes(session, relation)
    return analyze.arbiters(session, relation, clause)


def _conflict(session: Session, relation: Relation, clause: Any, values: Values) -> tuple[int | None, bool]:
    """Return the row that a new one conflicts with, and whether that is certain."""
    indexes = _arbiters(session, relation, clause)
    if indexes is None:
        return None, False
    is_certain = True
    for index in indexes:
        rows = keyed.of_index(session, index)
        key = rows.key(values)
        if key is None:
            continue
        found = None if key is MAYBE else rows.find(key)
        if found is not None:
            return found, True
        is_certain = is_certain and relation.has_all_rows and not rows.blurred
        is_certain = is_certain and (key is not MAYBE or not session.store.rows(relation.oid))
    return None, is_certain


def _perhaps(
    session: Session, writer: Writer, clause: Any, env: Env, values: Values, back: returning.Returning
) -> None:
    """Put in what is there afterwards for sure: a row with this key, whether it was there before or not."""
    relation = writer.relation
    indexes = _arbiters(session, relation, clause) if clause.HasField("infer") else None
    back.is_complete = False
    is_update = tree.enum(clause, "action") == "ONCONFLICT_UPDATE"
    if not indexes or any(part.expression for index in indexes for part in index.parts) or len(indexes) != 1:
        writer.blur()
        if is_update:
            _blur_columns(session, writer, clause)
        return
    rows = keyed.of_index(session, indexes[0])
    if rows.key(values) is MAYBE or rows.blurred:
        writer.blur()
        if is_update:
            _blur_columns(session, writer, clause)
        return
    kept = {part.column for part in indexes[0].parts}
    made: Values = {column.number: UNKNOWN for column in relation.columns}
    made |= {number: values[number] for number in kept}
    if is_update and not clause.HasField("where_clause"):
        made |= _agreed(session, relation, clause, env, values)
    row = session.store.put(Row(oid=session.store.new_oid(), table=relation.oid, values=made))
    writer.written.add(row.oid)


def _agreed(session: Session, relation: Relation, clause: Any, env: Env, values: Values) -> Values:
    """Return what a row has afterwards whether it is inserted or updated."""
    unknown = {column.name: UNKNOWN for column in relation.columns}
    outer = Env(rows={"excluded": fields_of(relation, values)}, parent=env)
    try:
        made = assigned(session, relation, clause.target_list, Env(rows={relation.name: unknown}, parent=outer))
    except Refused:
        return {}
    return {number: v for number, v in made.items() if logic.distinct(v, values.get(number)) is False}


def _blur_columns(session: Session, writer: Writer, clause: Any) -> None:
    """Take note that some row of the table may have been updated."""
    relation = writer.relation
    columns = [relation.column(item.res_target.name) for item in clause.target_list]
    changed = {column.number: UNKNOWN for column in columns if column}
    for row in session.store.rows(relation.oid):
        session.store.put(replace(row, values={**row.values, **changed}))


def _update(
    session: Session, writer: Writer, node: Any, env: Env, values: Values, row: Row, back: returning.Returning
) -> None:
    """Do what ON CONFLICT DO UPDATE says of the row that is there."""
    clause, relation = node.on_conflict_clause, writer.relation
    alias = node.relation.alias.aliasname if node.relation.HasField("alias") else relation.name
    outer = Env(rows={"excluded": fields_of(relation, values)}, parent=env)
    inner = Env(rows={alias: fields_of(relation, row.values)}, parent=outer)
    met = as_bool(evaluate(session, clause.where_clause, inner)) if clause.HasField("where_clause") else True
    if met is False or met is None:
        return
    if row.oid in writer.written and met is True:
        raise Refused("21000", "ON CONFLICT DO UPDATE command cannot affect row a second time", relation.name)
    changed = assigned(session, relation, clause.target_list, inner)
    if met is UNKNOWN:
        back.is_complete = False
        changed = {n: v if logic.distinct(v, row.values.get(n)) is False else UNKNOWN for n, v in changed.items()}
    now = writer.update(row, {**row.values, **changed}, frozenset(changed))
    if now is not None:
        back.add(now)
