"""How a scenario ended and how long its boots took, run after run: what the HTML report draws of the past."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from harness.outcome import Outcome
from harness.report.model import Run, Scenario

HEIGHT = 60
"""Pixels of the longest boot."""
_FEWEST = 12
"""Columns that the drawing is wide enough for, however few there are: two bars that fill it would be a poster."""


@dataclass(frozen=True, slots=True)
class Column:
    """One run; percent of the drawing's width, pixels of its height."""

    x: float
    width: float
    outcome: Outcome
    when: str
    commit: str
    """Shortened, with a `+` where tracked files differed; empty outside of a repository."""
    cold: float | None
    """Seconds."""
    warm: float | None
    cold_height: float
    warm_height: float
    cause: str

    @property
    def longest(self) -> float:
        """Seconds of the longer boot."""
        return max(self.cold or 0.0, self.warm or 0.0)

    @property
    def title(self) -> str:
        """All of it in words."""
        boots = [f"{kind} {took:.1f} s" for kind, took in (("cold", self.cold), ("warm", self.warm)) if took]
        return ", ".join(filter(None, [f"{self.when}: {self.outcome}", *boots, self.commit, self.cause]))


def trend_of(scenario: Scenario, run: Run) -> list[Column]:
    """Return a column for each run, this one last; none where there was no run before."""
    if not scenario.past:
        return []
    told = [*_past(scenario), _present(scenario, run)]
    longest = max((took for each in told for took in (each[3], each[4]) if took), default=1.0)
    width = 100 / max(len(told), _FEWEST)
    first = 100 - width * len(told)
    return [
        Column(
            x=round(first + number * width, 3),
            width=round(width, 3),
            outcome=outcome,
            when=time.strftime("%Y-%m-%d %H:%M", time.gmtime(at)),
            commit=commit,
            cold=cold,
            warm=warm,
            cold_height=round(HEIGHT * (cold or 0) / longest, 1),
            warm_height=round(HEIGHT * (warm or 0) / longest, 1),
            cause=cause,
        )
        for number, (outcome, at, commit, cold, warm, cause) in enumerate(told)
    ]


_Told = tuple[Outcome, float, str, float | None, float | None, str]


def _past(scenario: Scenario) -> Iterator[_Told]:
    for entry in scenario.past:
        commit = f"{entry.commit[:10]}{'+' if entry.changed else ''}"
        yield entry.outcome, entry.at, commit, entry.cold, entry.warm, entry.cause


def _present(scenario: Scenario, run: Run) -> _Told:
    seconds: dict[str, float] = {}
    for boot in scenario.boots:
        if boot.seconds is not None:
            seconds.setdefault(boot.kind, boot.seconds)
    cause = scenario.blamed.cause.code if scenario.blamed and scenario.blamed.cause else ""
    return scenario.outcome, run.at, "this run", seconds.get("cold"), seconds.get("warm"), cause
