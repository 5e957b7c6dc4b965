"""Values of a column in the rows that are known, when the column is new or has a new type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator import execute
from harness.simulator.catalog.objects import Column, Relation, Row
from harness.simulator.errors import Refused, Unsure
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


def fill(session: Session, table: int, number: int, expression: Any) -> None:
    """Put a default's value, made for each row anew, into a new column; of a generated column what it is."""
    _each(session, table, number, lambda row: _value(session, table, expression, row))


def recast(session: Session, table: int, number: int, expression: Any) -> None:
    """Cast a column's values to its new type, or take what USING gives (22P02 and kin for a known value)."""
    if expression is None:
        _each(session, table, number, lambda row: row.get(number))
    else:
        _each(session, table, number, lambda row: _value(session, table, expression, row))


def _each(session: Session, table: int, number: int, make: Callable[[Mapping[int, Value]], Value]) -> None:
    rows = session.store.rows(table)
    column = session.store.of(table, Relation).numbered(number) if rows else None
    if column is None:
        return
    for row in rows:
        made = execute.coerce(session, make(row.values), column.type)
        session.store.put(replace(row, values={**row.values, number: made}))


def _value(session: Session, table: int, expression: Any, values: Mapping[int, Value]) -> Value:
    relation = session.store.of(table, Relation)
    fields = {column.name: values.get(column.number) for column in relation.columns}
    try:
        return execute.evaluate(session, expression, execute.Env(rows={relation.name: fields}))
    except Unsure:
        return UNKNOWN


def refuse_nulls(session: Session, relation: Relation, column: Column) -> None:
    """Refuse NOT NULL for a column that is new and has no default, when there are rows (23502)."""
    if any(_is_null(row, column.number) for row in session.store.rows(relation.oid)):
        said = f'column "{column.name}" of relation "{relation.name}" contains null values'
        raise Refused("23502", said, column.name, relation.name)


def _is_null(row: Row, number: int) -> bool:
    return row.values.get(number) is None
