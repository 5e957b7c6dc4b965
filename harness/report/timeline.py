"""A scenario's time axis: what each service was at, in a strip of characters, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.report.model import Row, Scenario
from harness.report.text import UNICODE, Signs

COLUMNS = 60
"""Characters of a strip on a terminal that is wide enough."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From when to when, in seconds since the start of the run."""

    began: float
    ended: float

    @classmethod
    def of(cls, scenario: Scenario) -> Axis:
        """Return the axis of a whole scenario; it is never empty."""
        return cls(scenario.began, max(scenario.ended, scenario.began + 0.1))

    def share(self, at: float) -> float:
        """Return where a time lies on the axis, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.began) / (self.ended - self.began)))

    def column(self, at: float, columns: int) -> int:
        """Return the column, from 0, in which a time falls."""
        return min(columns - 1, int(self.share(at) * columns))


def strip(row: Row, axis: Axis, columns: int = COLUMNS, signs: Signs = UNICODE) -> str:
    """Return what a service was at, as one character for each part of the axis."""
    cells = [signs.none] * columns
    for began, ended, sign in _spans(row, axis, signs):
        for column in range(axis.column(began, columns), axis.column(ended, columns) + 1):
            cells[column] = sign
    for life in row.lives:
        if life.crashed and life.ended is not None:
            cells[axis.column(life.ended, columns)] = signs.crash
    return "".join(cells)


def _spans(row: Row, axis: Axis, signs: Signs) -> Iterator[tuple[float, float, str]]:
    """Yield the states in which its containers were, in the order in which one covers the other."""
    for container in row.containers:
        until = axis.ended if container.removed is None else container.removed
        yield container.created, until, signs.created
        for life in container.lives:
            ended = until if life.ended is None else life.ended
            yield life.began, ended, signs.starting
            if life.ready is not None:
                yield life.ready, ended, signs.ready


def scale(axis: Axis, columns: int = COLUMNS) -> str:
    """Return the line above strips: when they begin and end, in seconds since the start of the run."""
    first, last = f"{axis.began:.1f} s", f"{axis.ended:.1f} s"
    return f"{first}{last:>{max(len(last) + 1, columns - len(first))}}"
