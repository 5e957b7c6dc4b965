"""One row into one table: tried, and when Postgres refuses it, tried again with other values where it hurt."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from harness.replay.canary.query import literal, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.rows import TupleRow

    from harness.replay.canary.model import Table
    from harness.replay.canary.sources import Source, Values

_ATTEMPTS = 60
_TAKEN_AWAY = "a trigger or a rule lets no row in"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Postgres did not take a row."""

    reason: str
    columns: frozenset[str] = frozenset()
    """What the error is about; empty when Postgres did not say."""
    elsewhere: str = ""
    """Another table, named with its schema, that a trigger could not write to."""


def insert(
    connection: psycopg.Connection[TupleRow], table: Table, sources: Sequence[Source], number: int
) -> Values | Refusal:
    """Add one row and return it, or the first refusal when none of the tries was taken.

    Tries differ from the first one in as few groups of columns as possible, and only in those that an error was
    about, as far as Postgres said so.
    """
    options = [source.options(number) for source in sources]
    first: Refusal | None = None
    for steps in (search := _Search(len(sources))):
        values = _row(options, steps)
        if values is None:
            continue
        refusal = _try(connection, table, values)
        if refusal is None:
            return values
        if refusal.elsewhere:
            return refusal
        first = first or refusal
        search.widen(steps, [n for n, source in enumerate(sources) if _is_guilty(source, refusal)])
    return first or Refusal(_nothing_for(sources, options))


class _Search:
    """Steps away from the best alternative of each source, the fewest first; goes where `widen` says."""

    def __init__(self, size: int) -> None:
        self._heap: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, (0,) * size)]
        self._seen = {(0,) * size}

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        for _ in range(_ATTEMPTS):
            if not self._heap:
                return
            yield heapq.heappop(self._heap)[-1]

    def widen(self, steps: tuple[int, ...], guilty: Sequence[int]) -> None:
        """Go on from a try: one step further in each guilty source; the same again when there is none.

        Without a guilty source the server made the value itself, and makes another one: a sequence goes on.
        """
        for n in guilty:
            further = (*steps[:n], steps[n] + 1, *steps[n + 1 :])
            if further not in self._seen:
                self._seen.add(further)
                heapq.heappush(self._heap, (sum(further), len(self._seen), further))
        if not guilty:
            heapq.heappush(self._heap, (sum(steps), len(self._seen), steps))


def _row(options: Sequence[Sequence[Values]], steps: tuple[int, ...]) -> Values | None:
    row: Values = {}
    for alternatives, step in zip(options, steps, strict=True):
        if step >= len(alternatives):
            return None
        row |= alternatives[step]
    return row


def _is_guilty(source: Source, refusal: Refusal) -> bool:
    return not refusal.columns or bool(source.columns & refusal.columns)


def _nothing_for(sources: Sequence[Source], options: Sequence[Sequence[Values]]) -> str:
    lacking = next(source for source, found in zip(sources, options, strict=True) if not found)
    return f"no value was found for {' and '.join(sorted(lacking.columns))}"


def _try(connection: psycopg.Connection[TupleRow], table: Table, row: Values) -> Refusal | None:
    name = f"{quote(table.schema)}.{quote(table.name)}"
    columns, values = ", ".join(map(quote, row)), ", ".join(map(literal, row.values()))
    what = f"({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})" if row else "DEFAULT VALUES"
    try:
        with connection.transaction():
            added = connection.execute(f"INSERT INTO {name} {what}".encode()).rowcount  # noqa: S608 - quoted
    except psycopg.OperationalError as error:
        if connection.closed:
            raise
        return _refusal(error, table)
    except psycopg.Error as error:
        return _refusal(error, table)
    return None if added else Refusal(_TAKEN_AWAY)


def _refusal(error: psycopg.Error, table: Table) -> Refusal:
    said = error.diag
    reason = f"{said.message_primary or error} (SQLSTATE {error.sqlstate})"
    where = f"{said.schema_name}.{said.table_name}" if said.table_name else str(table)
    if where != str(table) and not table.partitions:
        return Refusal(reason, elsewhere=where)
    rules = (*table.checks, *table.keys, *table.foreign_keys)
    columns = next((rule.columns for rule in rules if rule.name and rule.name == said.constraint_name), ())
    return Refusal(reason, frozenset(columns or ((said.column_name,) if said.column_name else ())))
