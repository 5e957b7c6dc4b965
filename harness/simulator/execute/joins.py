"""Which rows of two sides can meet in a join, found by key where its condition says that columns are equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from harness.simulator.execute import filters, logic
from harness.simulator.execute.env import Env
from harness.simulator.execute.streams import Stream
from harness.simulator.values import UNKNOWN, Choice, FoldedText, Fresh, Value
from harness.sql import tree

Name = tuple[str, str]
"""Alias and name of a column; without an alias any that has it."""


class Meeting:
    """The rows of the right side by the values that those of the left side have to equal."""

    def __init__(self, left: Stream, right: Stream, condition: Any, using: Sequence[str] = ()) -> None:
        self._pairs = [(("", name), ("", name)) for name in using] or list(_pairs(left, right, condition))
        self._all = range(len(right.envs))
        self._places: dict[Any, list[int]] = {}
        self._loose: list[int] = []
        """Rows that have to be looked at whatever the left side has."""
        if self._pairs:
            for place, env in enumerate(right.envs):
                self._add(place, [value_of(env, name) for _, name in self._pairs])

    def _add(self, place: int, values: list[Value]) -> None:
        if any(_is_loose(value) for value in values):
            self._loose.append(place)
        elif None not in values:
            self._places.setdefault(tuple(map(logic.key_of, values)), []).append(place)

    def of(self, env: Env) -> Iterable[int]:
        """Return the places of the rows that may meet a row of the left side."""
        if not self._pairs:
            return self._all
        values = [value_of(env, name) for name, _ in self._pairs]
        if any(_is_loose(value) for value in values):
            return self._all
        if None in values:
            return ()
        found = self._places.get(tuple(map(logic.key_of, values)), [])
        return sorted(found + self._loose) if self._loose else found


def value_of(env: Env, name: Name) -> Value:
    """Return a column of a row."""
    alias, column = name
    if alias:
        return env.rows.get(alias, {}).get(column, UNKNOWN)
    found = [fields[column] for fields in env.rows.values() if column in fields]
    return next((value for value in found if value is not None), None if found else UNKNOWN)


def _is_loose(value: Value) -> bool:
    """Whether a value may equal one that has another key."""
    if isinstance(value, Fresh):
        return value.source in (logic.CLOCK, logic.RECKONED) or (isinstance(value, Choice) and bool(value.texts))
    is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return value is UNKNOWN or is_day or isinstance(value, FoldedText | list | dict)


def _pairs(left: Stream, right: Stream, condition: Any) -> Iterable[tuple[Name, Name]]:
    """Yield the columns of the left and the right side that a condition says are equal."""
    if condition is None:
        return
    mine, other = ({alias for alias, _ in side.shape} for side in (left, right))
    for part in filters.conjuncts(condition):
        if tree.enum(part, "kind") != "AEXPR_OP" or part.name[-1].string.sval != "=":
            continue
        one, two = filters.qualified(part.lexpr), filters.qualified(part.rexpr)
        if one is None or two is None:
            continue
        if one[0] in mine and two[0] in other:
            yield one, two
        elif two[0] in mine and one[0] in other:
            yield two, one
