"""Postgres's own tables and views, computed from the store when they are read.

What is Postgres's own in them is not listed row by row. One row stands for all of it: its names are equal to
nothing that a ladder makes, and it may or may not be there. A query that filters it out is exact; one that does not
gives what is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from harness.simulator.analyze import builtin
from harness.simulator.execute.env import Result
from harness.simulator.values import UNKNOWN, Choice, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

Wanted = Mapping[str, frozenset[Value]]
"""Values that a column has to be among, as far as a query says so; rows with others may be left out."""

_MODULES = (
    "relations",
    "constraints",
    "kinds",
    "attached",
    "publications",
    "roles",
    "standard",
    "standard_constraints",
)
_REPRESENTATIVE = ("pg_class_oid_index", "pg_toast_2619", "pg_toast_2619_index")
"""Of Postgres's own indexes and TOAST tables, which are named after tables."""


@lru_cache(maxsize=100)
def own(what: str) -> Choice:
    """Return an oid or a name of Postgres's own, not known which; two of the same kind may be the same."""
    return Choice(f"Postgres's own {what}")


@lru_cache(maxsize=10)
def own_relation(schema: str) -> Choice:
    """Return the name of a relation in one of Postgres's own schemas."""
    names = builtin.relations(schema)
    return Choice(
        f"relation in {schema}", frozenset(names if schema != "pg_catalog" else (*names, *_REPRESENTATIVE))
    )


@lru_cache(maxsize=10)
def own_column(schema: str) -> Choice:
    """Return the name of a column in one of Postgres's own schemas."""
    columns = (builtin.columns(schema, name) or () for name in builtin.relations(schema))
    return Choice(f"column in {schema}", frozenset(name for each in columns for name, _ in each))


@lru_cache(maxsize=1)
def own_function() -> Choice:
    """Return the name of one of Postgres's own functions."""
    return Choice("function", frozenset(builtin.function_names()))


class Others(dict[str, Value]):
    """The row that stands for any number of rows."""


_Rows = Callable[["Session", Wanted], Iterator[dict[str, Value]]]


@dataclass(frozen=True, slots=True)
class Source:
    """What computes a view's rows, as values by column name; columns that it leaves out are UNKNOWN."""

    rows: _Rows
    is_complete: bool = True


_SOURCES: dict[tuple[str, str], Source] = {}


def gives(*names: str, schema: str = "pg_catalog", is_complete: bool = True) -> Callable[[_Rows], _Rows]:
    """Register what computes the rows of these views; not `is_complete` when there may be more."""

    def register(rows: _Rows) -> _Rows:
        for name in names:
            _SOURCES[schema, name] = Source(rows, is_complete)
        return rows

    return register


@dataclass(frozen=True)
class SystemView:
    """A table or view of pg_catalog or information_schema."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    """Names, with the names of types."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name, _ in self.columns)

    def result(self, session: Session, wanted: Wanted | None = None) -> Result:
        """Return the rows; those that `wanted` rules out may be missing."""
        source = _SOURCES.get((self.schema, self.name))
        if source is None:
            return Result(self.names, is_complete=False)
        rows: list[tuple[Value, ...]] = []
        doubtful = set()
        for row in source.rows(session, wanted or {}):
            if wanted and not all(_may_be(row.get(name, UNKNOWN), among) for name, among in wanted.items()):
                continue
            if isinstance(row, Others):
                doubtful.add(len(rows))
            rows.append(tuple([row.get(name, UNKNOWN) for name in self.names]))
        return Result(self.names, rows, frozenset(doubtful), source.is_complete)


def _may_be(value: Value, among: frozenset[Value]) -> bool:
    """Whether a row with this value may pass a filter; values of another type are compared by the query itself."""
    if value is UNKNOWN or isinstance(value, list):
        return True
    if isinstance(value, Choice):
        return not value.texts.isdisjoint(among)
    if value is None or isinstance(value, Fresh):
        return False
    return value in among or not any(isinstance(value, str) is isinstance(each, str) for each in among)


@lru_cache(maxsize=500)
def view(schema: str, name: str) -> SystemView | None:
    """Return a table or view of pg_catalog or information_schema; None when there is none of this name."""
    if not _SOURCES:
        for module in _MODULES:
            import_module(f"harness.simulator.system.{module}")
    columns = builtin.columns(schema, name)
    if columns is None:
        return None
    return SystemView(schema, name, tuple((column, type_.name) for column, type_ in columns))
