"""A scenario's timeline as shapes on an axis in percent, and as a list of events: what the HTML report shows.

Everything horizontal is in percent, so that one drawing fits a phone and a wall; everything vertical is in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from harness.report.model import Container, Life, Row, Scenario
from harness.report.text import exited
from harness.report.timeline import Axis

TOP = 56
"""Pixels above the first lane: the axis, and the steps."""
LANE = 62
"""Pixels of a lane."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts; percent of the axis."""

    kind: str
    """The class of its style: pending, starting, ready, stopping, lost."""
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happens; percent of the axis."""

    kind: str
    """The symbol: created, started, passed, failed (a probe), migration, culprit, ready, crash, gaveup."""
    x: float
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the drawing: a service, or one of its replicas."""

    label: str
    note: str
    """How it ended, in a few words."""
    y: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the table that says the same as the drawing; seconds since the start of the run."""

    at: float
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One scenario's timeline."""

    axis: Axis
    ticks: tuple[tuple[float, str], ...]
    """Percent, and the time in seconds that stands there."""
    steps: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    events: tuple[Event, ...]
    height: int
    focus: float | None
    """The time at which what is blamed became known; seconds."""

    @classmethod
    def of(cls, scenario: Scenario) -> Drawing:
        """Draw a scenario."""
        axis = Axis.of(scenario)
        rows = _Rows(scenario, axis)
        lanes = tuple(rows.lane(row, TOP + number * LANE) for number, row in enumerate(scenario.rows))
        failed = [one.failed for row in scenario.rows for one in row.containers if one.failed is not None]
        return cls(
            axis=axis,
            ticks=tuple((percent(axis, at), f"{at:g} s") for at in ticks(axis)),
            steps=tuple(_steps(scenario, axis)),
            lanes=lanes,
            events=tuple(sorted(_events(scenario), key=lambda event: event.at)),
            height=TOP + len(lanes) * LANE,
            focus=failed[-1] if failed else None,
        )


def ticks(axis: Axis, most: int = 6) -> list[float]:
    """Return round times on the axis, at most so many: steps of 1, 2 or 5 times a power of ten."""
    rough = (axis.ended - axis.began) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(axis.began / step - 1e-9)
    return [round(number * step, 6) for number in range(first, math.floor(axis.ended / step + 1e-9) + 1)]


def percent(axis: Axis, at: float) -> float:
    """Return where a time lies, in percent of the axis."""
    return round(axis.share(at) * 100, 3)


def _bar(axis: Axis, kind: str, began: float, ended: float, title: str) -> Bar:
    x = percent(axis, began)
    return Bar(kind, x, round(percent(axis, ended) - x, 3), f"{title}: {began:.2f} s to {ended:.2f} s")


def _steps(scenario: Scenario, axis: Axis) -> Iterator[Bar]:
    for step in scenario.steps:
        is_last = step is scenario.steps[-1]
        kind = f"step {scenario.outcome}" if is_last else "step"
        yield _bar(axis, kind, step.began, step.ended, f"{step.number}. {step.text}")


@dataclass(frozen=True, slots=True)
class _Rows:
    scenario: Scenario
    axis: Axis

    def lane(self, row: Row, y: int) -> Lane:
        bars = tuple(bar for container in row.containers for bar in self._bars(container))
        marks = tuple(mark for container in row.containers for mark in self._marks(container))
        return Lane(row.label, _note(row), y, bars, marks)

    def _bars(self, container: Container) -> Iterator[Bar]:
        until = self.axis.ended if container.removed is None else container.removed
        if until > container.created:
            yield _bar(self.axis, "pending", container.created, until, "container is there, and nothing runs in it")
        for life in container.lives:
            yield from self._bars_of_life(life, until)

    def _bars_of_life(self, life: Life, until: float) -> Iterator[Bar]:
        ended = until if life.ended is None else life.ended
        stopping = ended if life.stopping is None else min(life.stopping, ended)
        ready = stopping if life.ready is None else min(life.ready, stopping)
        name = f"life {life.number}"
        yield _bar(self.axis, "lost" if life.crashed else "starting", life.began, ready, f"{name}, not ready")
        if ready < stopping:
            yield _bar(self.axis, "ready", ready, stopping, f"{name}, ready")
        if stopping < ended:
            yield _bar(self.axis, "stopping", stopping, ended, f"{name}, told to stop")

    def _marks(self, container: Container) -> Iterator[Mark]:
        yield self._mark("created", container.created, "container created")
        for life in container.lives:
            for kind, at, title in _moments(life, self._culprit(container)):
                yield self._mark(kind, at, title)
        if container.failed is not None and not any(life.crashed for life in container.lives):
            yield self._mark("gaveup", container.failed, f"{container.verdict}: {container.reason}")

    def _mark(self, kind: str, at: float, title: str) -> Mark:
        return Mark(kind, percent(self.axis, at), f"{at:.2f} s: {title}")

    def _culprit(self, container: Container) -> str:
        """Return the file's name of the migration that a container failed in."""
        if container.failed is None:
            return ""
        paths = [one.cause.path for one in self.scenario.results if one.cause and one.cause.path]
        return PurePath(paths[-1]).name if paths else ""


def _moments(life: Life, culprit: str) -> Iterator[tuple[str, float, str]]:
    """Yield what happened in a life, as kind of mark, time and words."""
    yield "started", life.began, f"life {life.number} begins"
    for probe in life.probes:
        said = f": {probe.output}" if probe.output else ""
        kind = "passed" if probe.passed else "failed"
        yield kind, probe.at, f"probe {probe.name} {'passes' if probe.passed else 'fails'}{said}"
    for passage in life.migrations:
        is_it = life.crashed and PurePath(passage.name).name == culprit
        yield ("culprit" if is_it else "migration"), passage.at, f"migration {passage.name}"
    if life.ready is not None:
        yield "ready", life.ready, f"ready, {life.ready - life.began:.2f} s after its start"
    if life.crashed and life.ended is not None:
        yield "crash", life.ended, _exit(life)


def _exit(life: Life) -> str:
    memory = ", killed for want of memory" if life.oom else ""
    said = f": {life.said}" if life.said else ""
    return f"{exited(life.exit_code)}{memory}{said}"


def _note(row: Row) -> str:
    """Return how a service ended, and how often it crashed."""
    last = row.containers[-1]
    crashes = sum(life.crashed for life in row.lives)
    crashed = f", {crashes} exits" if crashes > 1 else ""
    if last.verdict is not None:
        return f"{last.verdict}{crashed}"
    life = last.lives[-1] if last.lives else None
    if life is None:
        return "never started"
    state = "completed" if life.completed else "not ready" if life.ready is None else "ready"
    took = f" after {life.ready - life.began:.2f} s" if life.ready is not None else ""
    return f"{state}{took}{crashed}"


def _events(scenario: Scenario) -> Iterator[Event]:
    """Yield everything that the drawing shows."""
    for step in scenario.steps:
        yield Event(step.began, scenario.name, f"step {step.number}: {step.text}")
    for row in scenario.rows:
        for container in row.containers:
            yield Event(container.created, row.label, "container created")
            for life in container.lives:
                yield from (Event(at, row.label, what) for _, at, what in _moments(life, ""))
                if life.stopping is not None:
                    yield Event(life.stopping, row.label, f"life {life.number} told to stop")
            if container.failed is not None:
                yield Event(container.failed, row.label, f"{container.verdict}: {container.reason}")
            if container.removed is not None:
                yield Event(container.removed, row.label, "container removed")
