"""MERGE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation, Row
from harness.simulator.execute import returning
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import as_bool, evaluate
from harness.simulator.execute.keyed import fields_of
from harness.simulator.execute.sources import cross
from harness.simulator.execute.update import assigned, forget
from harness.simulator.execute.writing import Values, Writer, default
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


def merge(session: Session, node: Any, env: Env) -> Result:
    """Carry a MERGE out; what its RETURNING gives is not worked out."""
    relation = session.ranged(node.relation)
    alias = node.relation.alias.aliasname or node.relation.relname
    stream = cross(session, [node.source_relation], env)
    writers = {kind: Writer(session, relation.oid, kind) for kind in ("insert", "update", "delete")}
    rows = session.store.rows(relation.oid)
    is_certain = stream.is_exact and relation.has_all_rows
    for source, doubtful in stream.items():
        met = [(row, _joined(session, node, relation, alias, row, source, env)) for row in rows]
        matched = [(row, sure) for row, sure in met if sure is True or sure is UNKNOWN]
        if doubtful or any(sure is UNKNOWN for _, sure in matched):
            is_certain = False
        elif matched:
            for row, _ in matched:
                inner = Env(rows={alias: fields_of(relation, row.values), **source.rows}, parent=env)
                is_certain &= _apply(session, writers, node, "MERGE_WHEN_MATCHED", row, inner)
        elif relation.has_all_rows:
            inner = Env(rows=source.rows, parent=env)
            is_certain &= _apply(session, writers, node, "MERGE_WHEN_NOT_MATCHED_BY_TARGET", None, inner)
    if not is_certain:
        _blur(session, relation)
    for writer in writers.values():
        if writer.events:
            writer.end()
    return returning.Returning(node, relation, is_complete=False).result(session, env)


def _joined(session: Session, node: Any, relation: Relation, alias: str, row: Row, source: Env, env: Env) -> Value:
    inner = Env(rows={alias: fields_of(relation, row.values), **source.rows}, parent=env)
    return as_bool(evaluate(session, node.join_condition, inner))


def _apply(session: Session, writers: dict[str, Writer], node: Any, kind: str, row: Row | None, env: Env) -> bool:
    """Do what the first WHEN says that fits; whether that is certain."""
    for item in node.merge_when_clauses:
        when = item.merge_when_clause
        if tree.enum(when, "match_kind") != kind:
            continue
        met = as_bool(evaluate(session, when.condition, env)) if when.HasField("condition") else True
        if met is UNKNOWN:
            return False
        if met is not True:
            continue
        command = tree.enum(when, "command_type")
        if command == "CMD_INSERT":
            _insert(session, writers["insert"], when, env)
        elif row is not None and command == "CMD_UPDATE":
            changed = assigned(session, writers["update"].relation, when.target_list, env)
            writers["update"].update(row, {**row.values, **changed}, frozenset(changed))
        elif row is not None and command == "CMD_DELETE":
            writers["delete"].delete(row)
        return True
    return True


def _insert(session: Session, writer: Writer, when: Any, env: Env) -> None:
    relation = writer.relation
    named = [session.column(relation, item.res_target.name) for item in when.target_list]
    columns = named or list(relation.columns)
    values: Values = {}
    for column, item in zip(columns, when.values, strict=False):
        if item.WhichOneof("node") != "set_to_default":
            values[column.number] = coerce(session, evaluate(session, item, env), column.type)
    for column in relation.columns:
        if column.number not in values and not column.is_generated:
            values[column.number] = default(session, relation, column)
    made = writer.prepare(values)
    if made is not None:
        writer.insert(made)


def _blur(session: Session, relation: Relation) -> None:
    """Take note that any row of the table may have been changed."""
    for row in session.store.rows(relation.oid):
        forget(session, relation, row)
