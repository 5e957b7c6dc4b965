"""Rows on their way through a query: each with the names that are in sight for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from harness.simulator.errors import Refused
from harness.simulator.execute.env import Env, Result
from harness.simulator.values import UNKNOWN, Value

MOST_ROWS = 3_000
"""A query that has more rows than this is not followed: what it gives is not known."""

Shape = list[tuple[str, tuple[str, ...]]]
"""The aliases in sight with their columns, in the order of `*`."""


@dataclass(slots=True)
class Stream:
    """Rows as environments; `doubtful` says of each whether it may not be there."""

    shape: Shape
    envs: list[Env] = field(default_factory=list)
    doubtful: list[bool] = field(default_factory=list)
    is_complete: bool = True

    def add(self, env: Env, *, doubtful: bool = False) -> None:
        """Add a row, up to a limit."""
        if len(self.envs) >= MOST_ROWS:
            self.is_complete = False
        else:
            self.envs.append(env)
            self.doubtful.append(doubtful)

    def items(self) -> Iterator[tuple[Env, bool]]:
        """Yield each row with whether it is doubtful."""
        return zip(self.envs, self.doubtful, strict=True)

    @property
    def is_exact(self) -> bool:
        """Whether no row is missing or surplus."""
        return self.is_complete and not any(self.doubtful)

    def where(self, test: Callable[[Env], Value]) -> Stream:
        """Return the rows that pass a test; those for which it is UNKNOWN become doubtful."""
        kept = Stream(self.shape, is_complete=self.is_complete)
        for env, doubtful in self.items():
            met = _perhaps(test, env) if doubtful else test(env)
            if met is True or met is UNKNOWN:
                kept.add(env, doubtful=doubtful or met is UNKNOWN)
        return kept


def _perhaps(test: Callable[[Env], Value], env: Env) -> Value:
    """Try a row that may not be there: what Postgres would refuse of it does not count."""
    try:
        return test(env)
    except Refused:
        return UNKNOWN


def of_result(result: Result, alias: str, env: Env, columns: tuple[str, ...] = ()) -> Stream:
    """Return a result's rows under an alias; `columns` rename the first ones."""
    names = (*columns, *result.columns[len(columns) :])
    stream = Stream([(alias, names)], is_complete=result.is_complete)
    for place, row in enumerate(result.rows):
        fields = dict(zip(names, row, strict=False))
        stream.add(Env(rows={alias: fields}, parent=env), doubtful=place in result.doubtful)
    return stream


def result_of(
    columns: Iterable[str], rows: Iterable[tuple[tuple[Value, ...], bool]], *, is_complete: bool
) -> Result:
    """Return a result of rows, each with whether it is doubtful."""
    pairs = list(rows)
    doubtful = frozenset(place for place, (_, is_doubtful) in enumerate(pairs) if is_doubtful)
    return Result(tuple(columns), [row for row, _ in pairs], doubtful, is_complete)


def doubted(result: Result) -> Result:
    """Return a result of which nothing is certain."""
    return Result(result.columns, result.rows, frozenset(range(len(result.rows))), is_complete=False)
