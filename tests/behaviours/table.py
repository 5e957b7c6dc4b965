"""What a campaign came to: the confusion matrix, what was judged wrongly, how long verdicts took, and Compose."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.outcome import Verdict
from tests.behaviours.case import Case, Expected
from tests.behaviours.peer import Said
from tests.behaviours.play import Given

_VERDICTS = (Verdict.READY, Verdict.FAILED, Verdict.CRASHLOOP, Verdict.UNHEALTHY, Verdict.TIMEOUT)


@dataclass(frozen=True, slots=True)
class Judged:
    """One boot: what should have been said of it, and what was."""

    name: str
    boot: int
    behaviour: str
    expected: Expected
    given: Given

    @property
    def mistake(self) -> str:
        """Name what is wrong with the verdict; empty when nothing is."""
        if self.given.verdict is self.expected.verdict:
            return ""
        if self.given.verdict is None:
            return "no verdict"
        if self.given.verdict is Verdict.READY:
            return "false green"
        return "false red" if self.expected.is_green else "red of another kind"

    def __str__(self) -> str:
        """Tell the mistake."""
        told = f"{self.given.verdict} ({self.given.reason}; {self.given.exits} exits)"
        wanted = f"{self.expected.verdict}: {self.expected.because}"
        return f"{self.mistake}: {self.name}, boot {self.boot}: {told}, and should be {wanted}"


def judged(cases: Mapping[str, Case], given: Mapping[str, Sequence[Given]]) -> list[Judged]:
    """Lay what was given beside what was expected; after a failure the boots that follow were not made."""
    return [
        Judged(name, number, case.behaviour, expected, one)
        for name, case in cases.items()
        for number, (expected, one) in enumerate(zip(case.expected, given[name], strict=False), 1)
    ]


def matrix(boots: Sequence[Judged]) -> Iterator[str]:
    """Yield the confusion matrix, a row for each expected verdict."""
    counts = Counter((one.expected.verdict, one.given.verdict) for one in boots)
    columns = (*_VERDICTS, None)
    yield f"{'expected / given':18}" + "".join(f"{column or 'none':>11}" for column in columns)
    for row in _VERDICTS:
        cells = [counts[row, column] for column in columns]
        if any(cells):
            yield f"{row:18}" + "".join(f"{cell or '.':>11}" for cell in cells)


def mistakes(boots: Sequence[Judged]) -> Iterator[str]:
    """Yield how many there are of each kind, and then each."""
    counts = Counter(one.mistake for one in boots)
    kinds = ("false green", "false red", "red of another kind", "no verdict")
    yield f"{len(boots)} boots: " + ", ".join(f"{counts[kind]} {kind}" for kind in kinds)
    yield from (f"  {one}" for one in boots if one.mistake)


def latencies(boots: Sequence[Judged]) -> Iterator[str]:
    """Yield, by what decided, the milliseconds from its FinishedAt to verdict and cause; and the worst."""
    right = [one for one in boots if not one.mistake and one.expected.exits]
    fatal = [one for one in right if one.expected.is_fatal]
    others = [one for one in right if not one.expected.is_fatal]
    yield f"{'ms after FinishedAt':42}{'n':>5}{'median':>8}{'p95':>8}{'max':>8}"
    yield _row("first crash, fatal signature: verdict", [(one.given.latency, one.name) for one in fatal])
    yield _row("first crash, fatal signature: cause", [(one.given.cause_latency, one.name) for one in fatal])
    for exits in sorted({one.expected.exits for one in others}):
        times = [(one.given.latency, one.name) for one in others if one.expected.exits == exits]
        yield _row(f"crash {exits}, which decides: verdict", times)


def _row(what: str, measured: Sequence[tuple[float | None, str]]) -> str:
    times = sorted((1000 * seconds, name) for seconds, name in measured if seconds is not None)
    if not times:
        return f"{what:42}{0:>5}"
    median = statistics.median(time for time, _ in times)
    p95, (most, slowest) = times[min(len(times) - 1, round(0.95 * len(times)))][0], times[-1]
    return f"{what:42}{len(times):>5}{median:>8.0f}{p95:>8.0f}{most:>8.0f}  {slowest}"


def peer(cases: Mapping[str, Case], said: Mapping[str, Sequence[Said]]) -> Iterator[str]:
    """Yield what Compose made of the same boots, and which behaviours it judges wrongly."""
    boots = [
        (case.behaviour, expected.is_green, one.is_green)
        for name, case in cases.items()
        for expected, one in zip(case.expected, said[name], strict=False)
    ]
    greens = Counter(name for name, expected, given in boots if given and not expected)
    reds = Counter(name for name, expected, given in boots if expected and not given)
    yield f"docker compose up --wait: {len(boots)} boots, {greens.total()} false green, {reds.total()} false red"
    yield from (f"  {kind}: {_listed(found)}" for kind, found in (("green", greens), ("red", reds)) if found)


def _listed(found: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(found.items(), key=lambda item: -item[1]))
