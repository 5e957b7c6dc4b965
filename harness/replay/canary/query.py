"""The query that asks Postgres which values the CHECKs and foreign keys of a table accept together.

Its FROM holds candidates (VALUES) and the parents' rows, its WHERE the CHECKs as they stand in the catalog.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.replay.canary.hints import hints, replace_value
from harness.replay.canary.literals import candidates
from harness.replay.canary.model import Literal, literal, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.replay.canary.model import Column, ForeignKey, Rule, Table

_COMBINATIONS = 20_000
_PARENTS = 8
_SOLUTIONS = 300
_NULL_PLACE = 4  # NULL is tried when the four best values are refused

Lists = dict[str, list[Literal]]
"""Candidates by column."""


@dataclass(frozen=True)
class Group:
    """Columns of a table that CHECKs and foreign keys tie together."""

    table: Table
    columns: tuple[Column, ...]
    checks: tuple[Rule, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    """Columns that take another column's value, because the table's first row is to be its own parent."""
    fixed: Mapping[str, Literal] = field(default_factory=dict)
    """Columns whose value is given."""

    def lists(self, number: int) -> Lists:
        """Return candidates for each column that no parent's row gives a value for certain."""
        given = {name for key in self.foreign_keys for name in key.columns}
        certain = {name for key in self.foreign_keys if not self.table.may_lack(key) for name in key.columns}
        return {
            column.name: self._candidates(column, number)
            for column in self.columns
            if column.name not in self.own
            and (column.name not in given or (column.not_null and column.name not in certain))
        }

    def _candidates(self, column: Column, number: int) -> list[Literal]:
        if column.name in self.fixed:
            return [self.fixed[column.name]]
        about = (rule.expression for rule in self.checks if column.name in rule.columns)
        hint = hints((*about, *column.type.all_checks))
        values: list[Literal] = [*candidates(column.type, number, hint, f"{self.table.name}.{column.name}")]
        if not column.not_null:
            values.insert(_NULL_PLACE, None)
        return values


@dataclass(frozen=True)
class Query:
    """One question about a group, as SQL; `tables` has all tables by oid."""

    group: Group
    lists: Lists
    tables: Mapping[int, Table]
    checked: bool = True
    """False leaves the CHECKs out."""

    def text(self) -> str:
        """Return the query: a row for each combination, its values as text, the best first."""
        values = {column.name: self._value(column.name) for column in self.group.columns}
        columns = ", ".join(f"{value} AS {quote(name)}" for name, value in values.items())
        items = self._candidates() | self._parents()
        cost = " + ".join(f"{alias}.canary_cost" for alias in items)
        source = ", ".join(f"{item} AS {alias}" for alias, item in items.items())
        return (
            f"SELECT {', '.join(f'{quote(name)}::text' for name in values)} FROM ("
            f"SELECT {columns}, {cost} AS canary_cost FROM {source} WHERE {_all(self._joins(values))}"
            f") AS {quote(self.group.table.name)} WHERE {_all(_passed(self._checks()))} "
            f"ORDER BY canary_cost LIMIT {_SOLUTIONS}"
        )

    def _checks(self) -> Iterator[str]:
        if self.checked:
            yield from (rule.expression for rule in self.group.checks)
            yield from (f"{quote(name)} = {literal(value)}" for name, value in self.group.fixed.items())
            for column in self.group.columns:
                yield from (replace_value(check, quote(column.name)) for check in column.type.all_checks)

    def _value(self, name: str) -> str:
        """Return the expression for a column's value: the parents' rows', or else the candidates'."""
        source = self.group.own.get(name, name)
        terms = [f"f{n}.{quote(name)}" for n, key in enumerate(self.group.foreign_keys) if source in key.columns]
        terms += [f"v{n}.{quote(source)}" for n, listed in enumerate(self.lists) if listed == source]
        return terms[0] if len(terms) == 1 else f"coalesce({', '.join(terms)})"

    def _joins(self, values: Mapping[str, str]) -> Iterator[str]:
        """Yield what makes the rows of several parents agree, or lets a row do without a parent (MATCH SIMPLE)."""
        for n, key in enumerate(self.group.foreign_keys):
            first, *others = key.columns
            for name in key.columns:
                given = f"f{n}.{quote(name)}"
                if values[name] != given:
                    yield f"{given} IS NULL OR {given} = {values[name]}"
            if others:
                yield " OR ".join(
                    [f"f{n}.{quote(first)} IS NOT NULL", *(f"{values[c]} IS NULL" for c in key.columns)]
                )

    def _candidates(self) -> dict[str, str]:
        lists = trimmed(self.lists, _COMBINATIONS // _PARENTS ** min(3, len(self.group.foreign_keys)))
        return {f"v{n}": self._values(name, values) for n, (name, values) in enumerate(lists.items())}

    def _values(self, name: str, values: Sequence[Literal]) -> str:
        """Return candidates with what each costs; of an empty list, no row."""
        type_ = self.group.table.column(name).type.base.name
        rows = ", ".join(
            f"({cost}, CAST({literal(value)} AS {type_}))" for cost, value in enumerate(values or [None])
        )
        some = "" if values else " WHERE false"
        return f"(SELECT * FROM (VALUES {rows}) AS canary (canary_cost, {quote(name)}){some})"

    def _parents(self) -> dict[str, str]:
        return {f"f{n}": self._rows_of(key) for n, key in enumerate(self.group.foreign_keys)}

    def _rows_of(self, key: ForeignKey) -> str:
        """Return the newest rows of a parent, and no parent at all where the key may be NULL."""
        pairs = list(zip(key.columns, key.parent_columns, strict=True))
        columns = ", ".join(f"{quote(theirs)} AS {quote(ours)}" for ours, theirs in pairs)
        there = " AND ".join(f"{quote(theirs)} IS NOT NULL" for _, theirs in pairs)
        rows = (
            f"(SELECT row_number() OVER (ORDER BY tableoid, ctid DESC) AS canary_cost, {columns} "
            f"FROM {self.tables[key.parent].quoted} WHERE {there} ORDER BY 1 LIMIT {_PARENTS})"
        )
        if self.group.table.may_lack(key):
            rows += f" UNION ALL SELECT {_PARENTS}, {', '.join('NULL' for _ in pairs)}"
        return f"({rows})"


def trimmed(lists: Lists, most: int) -> Lists:
    """Return the lists, the longest ones cut until there are no more than `most` combinations; NULL stays."""
    lengths = {name: len(values) for name, values in lists.items()}
    while math.prod(lengths.values()) > most and max(lengths.values()) > 2:
        longest = max(lengths, key=lambda name: lengths[name])
        lengths[longest] -= 1
    return {name: _shortened(values, lengths[name]) for name, values in lists.items()}


def _shortened(values: list[Literal], length: int) -> list[Literal]:
    kept = values[:length]
    return [*kept[:-1], None] if None in values and None not in kept else kept


def _passed(checks: Iterator[str]) -> Iterator[str]:
    """Yield conditions that hold as CHECKs do: one that comes to NULL has passed."""
    return (f"({check}) IS NOT FALSE" for check in checks)


def _all(conditions: Iterator[str]) -> str:
    return " AND ".join(f"({condition})" for condition in conditions) or "true"
