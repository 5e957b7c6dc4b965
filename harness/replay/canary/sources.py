"""Where the values of a row come from: one source for each group of columns that have to fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import psycopg

from harness.replay.canary.hints import Hints
from harness.replay.canary.literals import candidates
from harness.replay.canary.query import Group, Lists, Query

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

    from harness.replay.canary.model import Column, Literal, Rule, Table

Values = dict[str, "Literal"]
"""Columns and their values; a column that is left out gets its default."""


class Source:
    """Values for one group of columns."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.columns = frozenset(columns)

    def options(self, number: int) -> Sequence[Values]:
        """Return the alternatives for the row `number`, from 1, the best first."""
        raise NotImplementedError


class Plain(Source):
    """A column that no CHECK and no foreign key is about.

    The first row has a value in every column. In later rows some nullable columns are NULL, and some columns with
    a default have that, so that a second boot meets each of the three.
    """

    def __init__(self, column: Column, label: str, place: int) -> None:
        super().__init__((column.name,))
        self._column, self._label, self._place = column, label, place

    def options(self, number: int) -> list[Values]:
        """Return the values for the type, the default and NULL, in an order that depends on the row."""
        column = self._column
        texts = candidates(column.type, number, Hints(), self._label)
        values: list[Values] = [{column.name: text} for text in texts]
        null: list[Values] = [] if column.not_null else [{column.name: None}]
        default: list[Values] = [{}] if column.default else []
        if number > 1 and (number + self._place) % 2 == 0:
            return [*default, *null, *values]
        return [*values, *default, *null]


class Solved(Source):
    """Columns whose values Postgres picks out of candidates and of the parents' rows."""

    def __init__(
        self,
        connection: psycopg.Connection[TupleRow],
        group: Group,
        tables: Mapping[int, str],
        taken: Sequence[Values],
    ) -> None:
        super().__init__(column.name for column in group.columns)
        self._connection, self._group, self._tables, self._taken = connection, group, tables, taken

    def options(self, number: int) -> list[Values]:
        """Return what the CHECKs and the parents allow; what no row has yet comes first."""
        found = self._solve(self._group.lists(number))
        used = [{name: row.get(name) for name in self.columns} for row in self._taken]
        return sorted(found, key=lambda option: option in used)

    def _solve(self, lists: Lists) -> list[Values]:
        """Ask; where a CHECK fails on a value instead of refusing it, ask again without such values."""
        found = self._ask(Query(self._group, lists, self._tables))
        if found is None:
            bearable = {name: [v for v in values if self._bears(name, v)] for name, values in lists.items()}
            found = self._ask(Query(self._group, bearable, self._tables))
        if found is None:
            found = self._ask(Query(self._group, lists, self._tables, checked=False))
        return found or []

    def _ask(self, query: Query) -> list[Values] | None:
        names = [column.name for column in query.group.columns]
        try:
            with self._connection.transaction():
                rows = self._connection.execute(query.text().encode()).fetchall()
        except psycopg.Error:
            return None
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _bears(self, name: str, value: Literal) -> bool:
        """Whether the CHECKs on one column alone answer for a value."""
        table = self._group.table
        checks = tuple(rule for rule in self._group.checks if rule.columns == (name,))
        alone = Group(table, (table.column(name),), checks)
        return self._ask(Query(alone, {name: [value]}, self._tables)) is not None


def sources(
    connection: psycopg.Connection[TupleRow],
    table: Table,
    tables: Mapping[int, str],
    taken: Sequence[Values],
    *,
    made_up: frozenset[int] = frozenset(),
    empty: bool = False,
) -> list[Source]:
    """Return the sources of a table's rows; `taken` are those that it has from here already.

    Keys of the parents in `made_up` are made up. In an `empty` table a row that needs a parent of the same table
    is its own. Columns that the server fills by itself are left to it, and so are the CHECKs about them.
    """
    own = _own(table) if empty else {}
    tied = {name for key in table.foreign_keys for name in key.columns} | {*own.values()}
    free = {column.name for column in table.columns if column.is_servers and column.name not in tied}
    checks = [rule for rule in table.checks if not free.intersection(rule.columns)]
    groups = _components(
        [*(rule.columns for rule in checks), *(key.columns for key in table.foreign_keys), *own.items()]
    )
    found: list[Source] = []
    for place, column in enumerate(table.columns):
        if column.name in free:
            continue
        names = groups.get(column.name, {column.name} if column.type.all_checks else set())
        if not names:
            found.append(Plain(column, f"{table.name}.{column.name}", place))
        elif column.name == next(c.name for c in table.columns if c.name in names):
            group = Group(
                table,
                tuple(c for c in table.columns if c.name in names),
                tuple(rule for rule in checks if names.issuperset(rule.columns)),
                tuple(key for key in table.foreign_keys if names.issuperset(key.columns)),
                made_up,
                own,
            )
            found.append(Solved(connection, group, tables, taken))
    return found


def _own(table: Table) -> dict[str, str]:
    """Return the columns of foreign keys to the table itself that may not be NULL, with the columns they name."""
    keys = (key for key in table.foreign_keys if key.parent == table.oid)
    needed = (key for key in keys if all(table.column(name).not_null for name in key.columns))
    return {
        ours: theirs
        for key in needed
        for ours, theirs in zip(key.columns, key.parent_columns, strict=True)
        if ours != theirs
    }


def _components(ties: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
    """Return the columns that are tied to each column, directly or through others."""
    groups: dict[str, set[str]] = {}
    for tie in ties:
        merged = set(tie).union(*(groups.get(name, set()) for name in tie))
        groups |= dict.fromkeys(merged, merged)
    return groups
