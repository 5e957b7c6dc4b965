"""The columns and rows of CREATE TABLE AS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import NO_TYPE, Column, Relation, Row, TypeName
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.simulator.session import Session


def as_columns(session: Session, query: Any, names: Sequence[str]) -> tuple[list[Column], bool]:
    """Return the columns of a table made of a query, and whether there may be more of them."""
    if query.DESCRIPTOR.name == "ExecuteStmt":
        return [], True
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    analysis = analyze.query(session, query)
    if len(names) > len(analysis.columns) and not analysis.is_open:
        raise Refused("42601", "too many column names were specified")
    outputs = [*names, *(output.name for output in analysis.columns[len(names) :])]
    pairs = zip(outputs, analysis.columns, strict=False)
    columns = [Column(number, name, _type(output.type)) for number, (name, output) in enumerate(pairs, start=1)]
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise Refused("42701", f'column "{column.name}" specified more than once', column.name)
        seen.add(column.name)
    return columns, analysis.is_open


def _type(type_: TypeName) -> TypeName:
    """Return the type that a column gets: an untyped literal is text."""
    return TypeName("text") if type_.name == "unknown" else type_ or NO_TYPE


def fill(session: Session, made: Relation, query: Any) -> None:
    """Put in the rows that the query is known to give."""
    from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

    result = execute.run_query(session, query, execute.EMPTY)
    for row in result.rows:
        values = {column.number: value for column, value in zip(made.columns, row, strict=False)}
        session.store.put(Row(oid=session.store.new_oid(), table=made.oid, values=values))
    if not result.is_exact:
        session.store.put(replace(session.store.of(made.oid, Relation), has_all_rows=False))
