"""Where the values of a row come from: one source for each group of columns that have to fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import psycopg

from harness.replay.canary.hints import NONE
from harness.replay.canary.literals import candidates
from harness.replay.canary.query import Group, Lists, Query

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

    from harness.replay.canary.model import Column, ForeignKey, Literal, Rule, Table

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
        texts = candidates(column.type, number, NONE, self._label)
        values: list[Values] = [{column.name: text} for text in texts]
        null: list[Values] = [] if column.not_null else [{column.name: None}]
        default: list[Values] = [{}] if column.default else []
        if number > 1 and (number + self._place) % 2 == 0:
            return [*default, *null, *values]
        return [*values[:1], *default, *null, *values[1:]]


class Solved(Source):
    """Columns whose values Postgres picks out of candidates and of the parents' rows."""

    def __init__(
        self,
        connection: psycopg.Connection[TupleRow],
        group: Group,
        tables: Mapping[int, Table],
        taken: Sequence[Values],
    ) -> None:
        super().__init__(column.name for column in group.columns)
        self._connection, self._group, self._tables, self._taken = connection, group, tables, taken

    def options(self, number: int) -> list[Values]:
        """Return what the CHECKs and the parents allow; what repeats the least of earlier rows comes first."""
        found = self._solve(self._group.lists(number))
        used = {(name, row.get(name)) for row in self._taken for name in self.columns}
        return sorted(found, key=lambda option: sum(pair in used for pair in option.items()))

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


@dataclass(frozen=True)
class Terms:
    """What holds for one row beside what its table asks."""

    taken: Sequence[Values] = ()
    """The rows that the table has from here already."""
    made_up: frozenset[int] = frozenset()
    """Parents whose keys are made up, because their rows come with this one."""
    alone: bool = False
    """The table is empty: a row that needs a parent of the same table is its own."""
    fixed: Mapping[str, Literal] = field(default_factory=dict)
    """Values that are given."""
    explicit: frozenset[str] = frozenset()
    """Columns that are not left to the server."""


def sources(
    connection: psycopg.Connection[TupleRow], table: Table, tables: Mapping[int, Table], terms: Terms
) -> list[Source]:
    """Return the sources of a row, its columns in the table's order.

    Columns that the server fills by itself are left to it where they may be, and so are the CHECKs about them.
    """
    own = _own(table) if terms.alone else {}
    made_up = terms.made_up | ({table.oid} if own else frozenset())
    keys = bound(table, tables, made_up)
    given = terms.explicit.union(terms.fixed)
    tied = {*given, *own.values(), *(n for key in table.foreign_keys for n in key.columns)}
    free = {
        column.name
        for column in table.columns
        if column.generated or (column.is_servers and column.name not in tied)
    }
    checks = [rule for rule in table.checks if not free.intersection(rule.columns)]
    alone = [(column.name,) for column in table.columns if column.type.all_checks or column.name in given]
    ties = [*(rule.columns for rule in checks), *(key.columns for key in keys), *own.items(), *alone]
    groups = _components(tie for tie in ties if not free.intersection(tie))
    found: list[Source] = []
    for place, column in enumerate(table.columns):
        names = groups.get(column.name, set())
        if not names and column.name not in free:
            found.append(Plain(column, f"{table.name}.{column.name}", place))
        elif names and column.name == next(c.name for c in table.columns if c.name in names):
            group = _group(table, names, checks, keys, own, terms.fixed)
            found.append(Solved(connection, group, tables, terms.taken))
    return found


def _group(
    table: Table,
    names: set[str],
    checks: Iterable[Rule],
    keys: Iterable[ForeignKey],
    own: Mapping[str, str],
    fixed: Mapping[str, Literal],
) -> Group:
    return Group(
        table,
        tuple(column for column in table.columns if column.name in names),
        tuple(rule for rule in checks if names.issuperset(rule.columns)),
        tuple(key for key in keys if names.issuperset(key.columns)),
        {ours: theirs for ours, theirs in own.items() if ours in names},
        {name: value for name, value in fixed.items() if name in names},
    )


def bound(table: Table, tables: Mapping[int, Table], made_up: frozenset[int]) -> list[ForeignKey]:
    """Return the foreign keys whose parents are there.

    What the made-up row of a parent needs itself, this row needs in the columns that it shares with it.
    """
    keys: list[ForeignKey] = []
    for key in table.foreign_keys:
        if key.parent not in made_up:
            keys.append(key)
        elif key.parent != table.oid:
            ours = dict(zip(key.parent_columns, key.columns, strict=True))
            theirs = bound(tables[key.parent], tables, made_up - {key.parent})
            shared = (k for k in theirs if k.parent not in made_up and ours.keys() >= {*k.columns})
            keys += [replace(k, columns=tuple(ours[name] for name in k.columns)) for k in shared]
    return keys


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
