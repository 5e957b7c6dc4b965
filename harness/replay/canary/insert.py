"""One row into one table: tried, and when Postgres refuses it, tried again with other values where it hurt."""

from __future__ import annotations

import heapq
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from harness.replay.canary.model import literal, quote
from harness.replay.canary.sources import Plain, Terms, Values, sources

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

    from harness.replay.canary.model import ForeignKey, Rule, Table
    from harness.replay.canary.sources import Source

_ATTEMPTS = 60
_SECONDS = 0.3  # triggers may be slow, and a row that takes no value is not worth more
_DUPLICATE = "23505"
_WORD = re.compile(r"\w+")
_TAKEN_AWAY = "a trigger or a rule lets no row in"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Postgres did not take a row."""

    reason: str
    columns: frozenset[str] = frozenset()
    """What the error is about; empty when Postgres did not say."""
    makers: tuple[int, ...] = ()
    """Parents whose rows a trigger of the table may want to add by itself: one that refused a second such row, or
    those whose rows do not fit together."""


class Inserter:
    """Adds rows over one connection; `tables` are all tables by oid."""

    def __init__(self, connection: psycopg.Connection[TupleRow], tables: Mapping[int, Table]) -> None:
        self._connection = connection
        self._tables = tables
        self._by_name = {str(table): table for table in tables.values()}

    def insert(self, table: Table, number: int, terms: Terms) -> Values | Refusal:
        """Add the row `number`, from 1, and return it, or the first refusal when none of the tries was taken.

        Tries differ from the first one in as few groups of columns as possible, and only in those that an error
        was about, as far as Postgres said so.
        """
        found = sources(self._connection, table, self._tables, terms)
        options = [source.options(number) for source in found]
        modest = tuple(int(isinstance(s, Plain) and len(o) > 1) for s, o in zip(found, options, strict=True))
        first: Refusal | None = None
        search = _Search(len(found))
        for steps in search:
            row = _row(options, steps)
            if row is None:
                continue
            refusal = self._run(_insert(table, row), table)
            if refusal is None:
                return row
            if refusal.makers and terms.made_up.isdisjoint(refusal.makers):
                return refusal
            first = first or refusal
            search.widen(steps, [n for n, source in enumerate(found) if _is_guilty(source, refusal)])
            search.add(modest, cost=1)
        return first or _nothing_for(table, found, options)

    def together(
        self, tables: Sequence[Table], number: int, made_up: frozenset[int] = frozenset()
    ) -> Refusal | None:
        """Add one row to each of some tables that need each other, in one statement.

        Postgres looks at foreign keys at the end of a statement, all of its parts included. Rows of other parents
        that a trigger adds are left to it.
        """
        rows: dict[int, Values] = {}
        for table in tables:
            terms = self._terms(table, tables, rows, made_up)
            found = sources(self._connection, table, self._tables, terms)
            row = _row([source.options(number) for source in found], (0,) * len(found))
            if row is None:
                return Refusal("no values were found with which tables that need each other fit together")
            rows[table.oid] = row
        statements = [_insert(table, rows[table.oid]) for table in tables]
        parts = ", ".join(f"canary_{n} AS ({statement})" for n, statement in enumerate(statements[:-1]))
        refusal = self._run(f"WITH {parts} {statements[-1]}", *tables)
        if refusal and not made_up.issuperset(refusal.makers):
            return self.together(tables, number, made_up.union(refusal.makers))
        return refusal

    def _terms(
        self, table: Table, members: Sequence[Table], rows: Mapping[int, Values], made_up: frozenset[int]
    ) -> Terms:
        """Return what a row has to agree on with the rows of the other tables that are to come with it."""
        made_up |= {member.oid for member in members}
        fixed: Values = {}
        for key in table.foreign_keys:
            if key.parent in rows:
                fixed |= {c: rows[key.parent][p] for c, p in zip(key.columns, key.parent_columns, strict=True)}
        keys = [(m, key) for m in members for key in m.foreign_keys if key.parent == table.oid and m is not table]
        for member, key in keys:
            if member.oid in rows and not member.may_lack(key):
                given = rows[member.oid]
                fixed |= {p: given[c] for c, p in zip(key.columns, key.parent_columns, strict=True)}
        explicit = frozenset(name for _, key in keys for name in key.parent_columns)
        return Terms(made_up=made_up, fixed=fixed, explicit=explicit)

    def _run(self, statement: str, *tables: Table) -> Refusal | None:
        try:
            with self._connection.transaction():
                added = self._connection.execute(statement.encode()).rowcount
        except psycopg.Error as error:
            if self._connection.closed:
                raise
            return self._refusal(error, *tables)
        return None if added else Refusal(_TAKEN_AWAY)

    def _refusal(self, error: psycopg.Error, *tables: Table) -> Refusal:
        """Return what an error says about the row, also where a trigger wrote its columns to another table."""
        said = error.diag
        reason = f"{said.message_primary or error} (SQLSTATE {error.sqlstate})"
        where = self._by_name.get(f"{said.schema_name}.{said.table_name}", tables[0])
        named = _columns(where, said)
        ours = frozenset(column.name for table in tables for column in table.columns if column.name in named)
        keys = [key for table in tables for key in table.foreign_keys if key.parent == where.oid]
        if keys and where not in tables and error.sqlstate == _DUPLICATE:
            return Refusal(reason, frozenset(keys[0].columns), (where.oid,))
        return Refusal(reason, ours)


def _columns(table: Table, said: psycopg.errors.Diagnostic) -> set[str]:
    """Return the columns that an error is about: its constraint's, or those that its message names."""
    rules: tuple[Rule | ForeignKey, ...] = (*table.checks, *table.keys, *table.foreign_keys)
    for rule in rules:
        if rule.name and rule.name == said.constraint_name:
            return set(rule.columns)
    return {said.column_name} if said.column_name else set(_WORD.findall(said.message_primary or ""))


def _insert(table: Table, row: Values) -> str:
    columns, values = ", ".join(map(quote, row)), ", ".join(map(literal, row.values()))
    what = f"({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})" if row else "DEFAULT VALUES"
    return f"INSERT INTO {table.quoted} {what}"


class _Search:
    """Steps away from the best alternative of each source, the fewest first; goes where `widen` says."""

    def __init__(self, size: int) -> None:
        self._heap: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, (0,) * size)]
        self._seen = {(0,) * size}

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        deadline = time.monotonic() + _SECONDS
        for _ in range(_ATTEMPTS):
            if not self._heap or time.monotonic() > deadline:
                return
            yield heapq.heappop(self._heap)[-1]

    def add(self, steps: tuple[int, ...], cost: int) -> None:
        """Try these steps too, after those that cost less."""
        if steps not in self._seen:
            self._seen.add(steps)
            heapq.heappush(self._heap, (cost, len(self._seen), steps))

    def widen(self, steps: tuple[int, ...], guilty: Sequence[int]) -> None:
        """Go on from a try: one step further in each guilty source; the same again when there is none.

        Without a guilty source the server made the value itself, and makes another one: a sequence goes on.
        """
        for n in guilty:
            further = (*steps[:n], steps[n] + 1, *steps[n + 1 :])
            self.add(further, sum(further))
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


def _nothing_for(table: Table, sources: Sequence[Source], options: Sequence[Sequence[Values]]) -> Refusal:
    columns = next(source.columns for source, found in zip(sources, options, strict=True) if not found)
    keys = sorted((k for k in table.foreign_keys if columns & {*k.columns}), key=lambda key: -len(key.columns))
    reason = f"no value was found for {' and '.join(sorted(columns))}"
    return Refusal(reason, columns, tuple(dict.fromkeys(key.parent for key in keys)))
