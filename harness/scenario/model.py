"""A scenario, as values: what is booted, in which steps, and what is expected of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import Place
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


@dataclass(frozen=True, slots=True)
class BootExpectation:
    """What a boot has to end with; None means that anything will do."""

    verdict: Verdict = Verdict.READY
    sqlstate: str | None = None
    migration: str | None = None
    """The migration's file name."""
    line: int | None = None
    object: str | None = None
    """The constraint, table or other thing that the cause names."""
    within: float | None = None
    """Seconds from the exit that decided to the verdict with its cause."""


@dataclass(frozen=True, slots=True)
class Boot:
    """A cold boot: everything that the scenario made is wiped, then all services boot on nothing."""

    place: Place
    expect: BootExpectation = BootExpectation()

    def __str__(self) -> str:
        return "cold boot"


@dataclass(frozen=True, slots=True)
class Recreate:
    """A warm boot: services are force-recreated on the volumes as they are.

    No services means those that depend on Postgres. What a service needs to have completed runs again with it.
    """

    place: Place
    services: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    image: str | None = None
    expect: BootExpectation = BootExpectation()

    def __str__(self) -> str:
        changed = f" with {', '.join(self.environment)}" if self.environment else ""
        return f"warm boot of {', '.join(self.services) or 'what depends on Postgres'}{changed}"


@dataclass(frozen=True, slots=True)
class Http:
    """A request to a service's published port, tried again until the answer is as expected or time is up."""

    place: Place
    method: str
    path: str
    service: str
    port: int | None = None
    """The port in the container; None where the service publishes one only."""
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    status: int = 200
    expect_json: Mapping[str, Any] = field(default_factory=dict)
    """Dotted path into the answer to the value that has to stand there."""
    within: float = 5.0
    """Seconds in which a GET may be tried again; any other method is sent once."""

    def __str__(self) -> str:
        return f"{self.method} {self.path} gives {self.status}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Remember schema and row counts of every database under a name."""

    place: Place
    name: str
    required: bool = True
    """Whether a project without Postgres is an error."""

    def __str__(self) -> str:
        return f"snapshot {self.name}"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Schema and row counts are as they were in a snapshot."""

    place: Place
    name: str
    allow: tuple[str, ...] = ()
    """Shell patterns of tables whose number of rows may change."""

    def __str__(self) -> str:
        return f"unchanged since {self.name}"


Step = Boot | Recreate | Http | Snapshot | Unchanged


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
