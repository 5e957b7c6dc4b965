"""What an expression is evaluated in, and what a query gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from harness.simulator.values import Value

Fields = Mapping[str, Value]
"""A row's values by column name."""

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Result:
    """The rows that a query gives, in order; those at the places in `doubtful` may not be there."""

    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[Value, ...]] = ()
    doubtful: frozenset[int] = frozenset()
    is_complete: bool = True
    """No rows are missing."""
    changed: Value = None
    """How many rows a statement changed (UNKNOWN where that cannot be told); None for one that only reads."""

    @property
    def is_exact(self) -> bool:
        """Whether no row is missing or surplus."""
        return self.is_complete and not self.doubtful


@dataclass(frozen=True, slots=True)
class Env:
    """Values by name: rows by alias, then variables; what is not found here is looked up in `parent`.

    A variable whose value is a dict is a record: `new.id` finds it in `rows` or here. `$1` is a variable too.
    """

    rows: Mapping[str, Fields] = field(default_factory=lambda: _NONE)
    variables: Mapping[str, Value] = field(default_factory=lambda: _NONE)
    parent: Env | None = None
    tables: Mapping[str, Result] = field(default_factory=lambda: _NONE)
    """Results with a name: CTEs and transition tables."""
    group: Group | None = None
    """The rows that aggregates are made of, where there is a GROUP BY or an aggregate."""
    windows: Mapping[int, Value] = field(default_factory=dict)
    """What window functions give for this row, by their place in the statement's text."""
    scope: Any = None
    """The analysis's Scope in which a statement is analyzed; without one all variables are of no known type."""

    def chain(self) -> list[Env]:
        """Return this environment and those around it, the innermost first."""
        found, env = [self], self
        while env.parent is not None:
            env = env.parent
            found.append(env)
        return found


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one group."""

    envs: Sequence[Env]
    is_exact: bool = True


EMPTY = Env()
"""No names at all."""
