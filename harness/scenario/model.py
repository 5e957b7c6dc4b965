"""A scenario, as values: what is booted, in which steps, and what is expected of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from harness import files
from harness.errors import Place, ScenarioError
from harness.outcome import Verdict


@dataclass(frozen=True, slots=True)
class ComposeSource:
    """What Compose is given to resolve; no files means those that Compose itself would find in `directory`."""

    directory: Path
    files: tuple[Path, ...] = ()
    profiles: tuple[str, ...] = ()
    env_files: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PutFile:
    """A file that is put into a service's container between create and start."""

    service: str
    file: Path
    to: str
    place: Place

    def content(self) -> bytes:
        """Return the file's bytes; ScenarioError when it can no longer be read, or is larger than 64 MiB."""
        try:
            return files.read(self.file, 64 * files.MIB)
        except OSError as error:
            raise ScenarioError(f"cannot read {self.file}: {error.strerror}", place=self.place) from error


@dataclass(frozen=True, slots=True)
class BootExpectation:
    """What a boot has to end with; None means that anything will do."""

    verdict: Verdict = Verdict.READY
    service: str | None = None
    """The service whose failure decides."""
    sqlstate: str | None = None
    migration: str | None = None
    """The migration's file name."""
    line: int | None = None
    object: str | None = None
    """The constraint, table or other thing that the cause, or the drift, names."""
    within: float | None = None
    """Seconds from the exit that decided to the verdict with its cause."""


class Until(StrEnum):
    """How long a boot is waited for."""

    READY = "ready"
    STARTED = "started"
    """Until its containers are started: what becomes of them is for later steps to see."""


@dataclass(frozen=True, slots=True)
class Boot:
    """A cold boot: everything that the scenario made is wiped, then all services boot on nothing."""

    place: Place
    scale: Mapping[str, int] = field(default_factory=dict)
    """Containers of a service that boot at the same moment; those that are not named as the compose file says."""
    until: Until = Until.READY
    expect: BootExpectation = BootExpectation()

    def __str__(self) -> str:
        return f"cold boot{_scaled(self.scale)}"


@dataclass(frozen=True, slots=True)
class Recreate:
    """A warm boot: services are force-recreated on the volumes as they are.

    No services means those that depend on Postgres. What a service needs to have completed runs again with it.
    """

    place: Place
    services: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    image: str | None = None
    put: tuple[PutFile, ...] = ()
    """Files for the new containers, beside those of the scenario."""
    scale: Mapping[str, int] = field(default_factory=dict)
    until: Until = Until.READY
    expect: BootExpectation = BootExpectation()

    def __str__(self) -> str:
        changed = f" with {', '.join(self.environment)}" if self.environment else ""
        return (
            f"warm boot of {', '.join(self.services) or 'what depends on Postgres'}{changed}{_scaled(self.scale)}"
        )


@dataclass(frozen=True, slots=True)
class Http:
    """A request to a service's published port, sent once."""

    place: Place
    method: str
    path: str
    service: str
    port: int | None = None
    """The port in the container; None where the service publishes one only."""
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    status: int | None = 200
    """None: any, because the parallel step around it looks at all of them together."""
    expect_json: Mapping[str, Any] = field(default_factory=dict)
    """Dotted path into the answer to the value that has to stand there."""
    save: Mapping[str, str] = field(default_factory=dict)
    """Variable to the dotted path whose value it gets; never printed."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" gives {self.status}" if self.status else "")


@dataclass(frozen=True, slots=True)
class Sql:
    """A query on the stack's Postgres, as the superuser of its image."""

    place: Place
    query: str
    database: str | None = None
    rows: tuple[tuple[str | None, ...], ...] | None = None
    """What it has to return, in order, as psql writes it; None for SQL NULL, and for no expectation."""
    save: str | None = None
    """The variable that the first value of the first row goes to."""

    def __str__(self) -> str:
        return f"sql {_short(self.query)}"


@dataclass(frozen=True, slots=True)
class Exec:
    """A command in a service's first container."""

    place: Place
    service: str
    command: tuple[str, ...]
    exit_code: int = 0
    contains: str | None = None
    """What its output has to hold."""

    def __str__(self) -> str:
        return f"exec in {self.service}: {_short(' '.join(self.command))}"


@dataclass(frozen=True, slots=True)
class Logs:
    """What the log of a service's present containers holds, and does not hold."""

    place: Place
    service: str
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"logs of {self.service}"


Check = Http | Sql | Exec | Logs


@dataclass(frozen=True, slots=True)
class Eventually:
    """A check that is tried again until it passes; what is wrong at the end is what it says."""

    place: Place
    check: Check
    within: float = 10.0
    """Seconds."""

    def __str__(self) -> str:
        return f"within {self.within:g} s: {self.check}"


class Action(StrEnum):
    """What is done to a service's containers by hand; none of it counts as a failure of theirs."""

    START = "start"
    """Starts what was stopped or killed, and waits until it is ready."""
    STOP = "stop"
    KILL = "kill"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    """Goes on, and waits until it is ready."""
    RESTART = "restart"
    """Stops and starts the same containers, and waits until they are ready."""


@dataclass(frozen=True, slots=True)
class Operate:
    """An action on all containers of a service."""

    place: Place
    action: Action
    service: str
    signal: str = "SIGKILL"
    """Of a kill."""

    def __str__(self) -> str:
        return f"{self.action} {self.service}"


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock on a table, held by a session of ours while steps are carried out."""

    place: Place
    table: str
    steps: tuple[Step, ...]
    mode: str = "ACCESS EXCLUSIVE"

    def __str__(self) -> str:
        return f"hold a lock on {self.table}"


@dataclass(frozen=True, slots=True)
class Parallel:
    """Checks at the same moment."""

    place: Place
    checks: tuple[Check, ...]
    statuses: tuple[int, ...] | None = None
    """The statuses of all requests together, in ascending order; None when each has its own expectation."""

    def __str__(self) -> str:
        return f"at once: {'; '.join(map(str, self.checks))}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Remember schema and rows of every database under a name."""

    place: Place
    name: str
    required: bool = True
    """Whether a project without Postgres is an error."""

    def __str__(self) -> str:
        return f"snapshot {self.name}"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Schema and rows are as they were in a snapshot."""

    place: Place
    name: str
    allow: tuple[str, ...] = ()
    """Shell patterns of tables whose rows may change."""
    values: bool = True
    """Whether what the rows say counts, too, beside their number."""

    def __str__(self) -> str:
        return f"unchanged since {self.name}"


Step = Boot | Recreate | Check | Eventually | Operate | Hold | Parallel | Snapshot | Unchanged


def _scaled(scale: Mapping[str, int]) -> str:
    return "".join(f", {number} of {service}" for service, number in scale.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:56]} ..."


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario folder, or what `bootsmoke check` makes of its options."""

    name: str
    compose: ComposeSource
    steps: tuple[Step, ...]
    about: str = ""
    place: Place = Place("")
    service: str | None = None
    """The service whose migrations are looked at; None to find it."""
    services: tuple[str, ...] = ()
    """Boot these and what they depend on; none means all."""
    migrations: Path | None = None
    put: tuple[PutFile, ...] = ()
    secrets: frozenset[str] = frozenset()
    """Values that were made for this run (`random`), never to be printed."""
    mentions: Mapping[str, Place] = field(default_factory=dict)
    """Each service that the scenario's file names, and where it does so first."""
    stability: float | None = None
    """Seconds without an exit that green needs; None for the default."""
    timeout: float | None = None
    """Seconds that one life may take to become ready; None for what the healthcheck's numbers add up to."""
