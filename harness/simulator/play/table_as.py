"""The columns and rows of CREATE TABLE AS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import NO_TYPE, Column, Relation, Row, TypeName
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.simulator.analyze import Output
    from harness.simulator.session import Session


def analyzed(session: Session, query: Any) -> tuple[tuple[Output, ...], bool]:
    """Return the columns that a query gives, and whether there may be more of them."""
    if query.DESCRIPTOR.name == "ExecuteStmt":
        return (), True
    from harness.simulator import analyze, execute  # noqa: PLC0415 - the rooms call each other

    analysis = analyze.query(session, query, execute.scope_in(session.env or execute.EMPTY))
    return analysis.columns, analysis.is_open


def as_columns(outputs: Sequence[Output], names: Sequence[str], *, is_open: bool) -> list[Column]:
    """Return the columns of a table made of a query's (42601 for too many names, 42701 for one twice)."""
    if len(names) > len(outputs) and not is_open:
        raise Refused("42601", "too many column names were specified")
    all_names = [*names, *(output.name for output in outputs[len(names) :])]
    pairs = zip(all_names, outputs, strict=False)
    columns = [Column(number, name, _type(output.type)) for number, (name, output) in enumerate(pairs, start=1)]
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise Refused("42701", f'column "{column.name}" specified more than once', column.name)
        seen.add(column.name)
    return columns


def _type(type_: TypeName) -> TypeName:
    """Return the type that a column gets: an untyped literal is text."""
    return TypeName("text") if type_.name == "unknown" else type_ or NO_TYPE


def fill(session: Session, made: Relation, query: Any) -> None:
    """Put in the rows that the query is known to give."""
    from harness.simulator import execute  # noqa: PLC0415 - the rooms call each other

    result = execute.run_query(session, query, session.env or execute.EMPTY)
    for row in result.rows:
        values = {column.number: value for column, value in zip(made.columns, row, strict=False)}
        session.store.put(Row(oid=session.store.new_oid(), table=made.oid, values=values))
    if not result.is_exact:
        session.store.put(replace(session.store.of(made.oid, Relation), has_all_rows=False))
