"""A run as values: what every report is rendered from, and all that it knows.

`harness.report.reading.read_run` makes a `Run` of a journal's records. Times are seconds on one axis, from the
moment at which the journal was opened; where a record tells of something that lies some time back, the time is that
of the thing itself. Texts are as they were recorded: secrets are gone, control characters are not, so a renderer
cleans what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.diagnose.model import Cause
from harness.history import Entry
from harness.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe that ended: ours, or the last one of those that the engine asks."""

    at: float
    name: str
    passed: bool
    output: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A log names a migration: it is about to run, or has run."""

    at: float
    name: str


@dataclass(frozen=True, slots=True)
class Log:
    """What a life has logged: its first and its last lines."""

    lines: tuple[tuple[str, str], ...]
    """Stream (stdout, stderr) and text."""
    omitted: int = 0
    """How many lines are left out after the first `head`."""
    head: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """From a container's start to its exit."""

    number: int
    """1 for the first life of the container."""
    began: float
    ended: float | None = None
    """None where it lasted until everything was removed."""
    exit_code: int | None = None
    """None where it did not exit by itself."""
    oom: bool = False
    said: str = ""
    """Why it exited, in its own words; empty where it did not say."""
    stopping: float | None = None
    """When it was told to stop, where the harness did that."""
    ready: float | None = None
    completed: bool = False
    """It exited with code 0, and that is what it is there for."""
    stable: float | None = None
    probes: tuple[Probe, ...] = ()
    migrations: tuple[Passage, ...] = ()
    log: Log | None = None
    """Kept of the first and the last life of what failed."""

    @property
    def crashed(self) -> bool:
        """Whether it exited, and should not have."""
        return self.exit_code is not None and not self.completed


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a service, with all of its lives; a recreated one is another container."""

    id: str
    created: float
    lives: tuple[Life, ...] = ()
    removed: float | None = None
    """When it was removed for the next boot; None where it stood until the end."""
    failed: float | None = None
    verdict: Verdict | None = None
    """What it failed with."""
    reason: str = ""
    requires: tuple[str, ...] = ()
    """The probes that have to pass."""
    deadline: str = ""
    """How long a life may take to become ready, as the sum that it is: `63 s = ...`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a timeline: a service, or one of its replicas, over all boots."""

    service: str
    number: int
    containers: tuple[Container, ...]

    @property
    def label(self) -> str:
        """Its name, as people call it."""
        return label_of(self.service, self.number)

    @property
    def lives(self) -> tuple[Life, ...]:
        """The lives of all its containers, oldest first."""
        return tuple(life for container in self.containers for life in container.lives)


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of a migration around the failing statement; line numbers are 1-based."""

    start: int
    lines: tuple[str, ...]
    first: int
    """The statement's first line."""
    last: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one boot of one service ended with."""

    kind: str
    """cold or warm."""
    service: str
    number: int
    verdict: Verdict
    reason: str
    seconds: float
    crashes: int
    cause: Cause | None
    latency_ms: float | None
    """From the exit that decided to the cause."""
    source: Source | None
    document: Mapping[str, Any]
    """The same as `--json` tells it."""

    @property
    def label(self) -> str:
        """The container's name, as people call it."""
        return label_of(self.service, self.number)


@dataclass(frozen=True, slots=True)
class Boot:
    """One boot."""

    number: int
    kind: str
    """cold or warm."""
    services: tuple[str, ...]
    began: float
    ended: float | None
    """None where the run broke off in it."""
    seconds: float | None
    verdict: Verdict | None
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the scenario; those inside of another one have its number."""

    number: int
    text: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario."""

    name: str
    outcome: Outcome
    """inconclusive where the journal breaks off in it, skipped where it never began."""
    message: str
    began: float
    ended: float
    seconds: float
    about: str = ""
    project: str = ""
    """The compose project; empty where it never began."""
    services: tuple[str, ...] = ()
    ladder: str | None = None
    """The folder of the migrations."""
    notes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    boots: tuple[Boot, ...] = ()
    rows: tuple[Row, ...] = ()
    blamed: Result | None = None
    """The result that made it fail; None where it passed, and where no boot failed in its last step."""
    warnings: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    """What could be better although nothing failed."""
    checked: tuple[str, ...] = ()
    """The snapshots that something was compared with."""
    drift: tuple[Mapping[str, Any], ...] = ()
    """Each with `kind`, `object`, `before` and `after`."""
    drift_lines: tuple[str, ...] = ()
    kept: str = ""
    """The compose project whose containers stay for a look at them."""
    left_behind: tuple[str, ...] = ()
    past: tuple[Entry, ...] = ()
    """What it ended with in earlier runs, oldest first, as far as that was known when the run began."""
    flaky: bool = False
    """Whether it has both passed and failed at one commit, this run included."""

    @property
    def results(self) -> tuple[Result, ...]:
        """The results of all boots, in the order of the boots."""
        return tuple(result for boot in self.boots for result in boot.results)

    @property
    def expected_failures(self) -> tuple[Result, ...]:
        """The results that say that a boot failed as it was expected to."""
        return tuple(one for one in self.results if one.verdict is not Verdict.READY and one != self.blamed)


@dataclass(frozen=True, slots=True)
class Run:
    """A run."""

    id: str
    folder: str
    directory: str
    """Where it was started: paths are shown relative to it."""
    engine: Mapping[str, str]
    """`address`, `version` and `os`."""
    compose: str
    outcome: Outcome
    """inconclusive where the journal breaks off."""
    at: float
    """When it began, in seconds since the epoch."""
    seconds: float
    scenarios: tuple[Scenario, ...]
    cancelled: str = ""
    """The signal that cancelled it."""
    warnings: tuple[str, ...] = ()
    """What went wrong with the run itself, and changed no outcome."""

    @property
    def base(self) -> Path:
        """The folder that paths are shown relative to, wherever a report is rendered."""
        return Path(self.directory or "/nowhere")


def label_of(service: str, number: int) -> str:
    """Name a container as people do: by its service, with a number where that has several."""
    return service if number == 1 else f"{service} {number}"
