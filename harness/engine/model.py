"""What the engine tells, as values: the engine's own words, no judgement.

All times are seconds since the epoch as the engine wrote them, None where it writes its zero time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A container's healthcheck with the engine's defaults filled in: 30 s, 30 s, 3 retries."""

    test: tuple[str, ...]
    """As in the API: ("CMD", ...) or ("CMD-SHELL", text)."""
    interval: float = 30.0
    timeout: float = 30.0
    start_period: float = 0.0
    retries: int = 3
    start_interval: float = 5.0
    """The interval within the start period, on engines whose API is 1.44 or later; others know none."""


@dataclass(frozen=True, slots=True)
class HealthProbe:
    """One entry of the engine's health log."""

    began_at: float
    ended_at: float
    exit_code: int
    output: str


@dataclass(frozen=True, slots=True)
class ContainerState:
    """What inspect tells of one container."""

    id: str
    name: str
    labels: Mapping[str, str]
    image_id: str
    status: str
    """created, running, restarting, paused, exited, removing or dead."""
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    """The engine's own word when it could not start the process."""
    started_at: float | None = None
    finished_at: float | None = None
    restart_count: int = 0
    restart_policy: str = "no"
    stop_signal: str = "SIGTERM"
    memory_limit: int = 0
    """Bytes; 0 for none."""
    health: str | None = None
    """starting, healthy or unhealthy; None without a healthcheck. The engine sets unhealthy at every exit."""
    probes: tuple[HealthProbe, ...] = ()
    healthcheck: HealthCheck | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """("8080/tcp") to the host addresses and ports that it is published at just now."""
    volumes: Mapping[str, str] = field(default_factory=dict)
    """The mount point of each named or anonymous volume to the volume's name."""

    @property
    def is_running(self) -> bool:
        """Whether a process lives in it: the engine's own `Running` is true in back-off too."""
        return self.status in ("running", "paused")


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the engine's event stream about a container."""

    action: str
    """The bare action (die, start, oom, health_status, ...): what follows a colon stands in `detail`."""
    container: str
    at: float
    detail: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExecResult:
    """What a command inside a container ended with; `output` is stdout and stderr as they came."""

    exit_code: int
    output: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a container's log with the time at which the engine took it."""

    at: float
    text: str
    stream: str = "stdout"


@dataclass(frozen=True, slots=True)
class ImageState:
    """What inspect tells of an image, as far as anyone here asks."""

    id: str
    volumes: tuple[str, ...] = ()
    healthcheck: HealthCheck | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """One network, volume or container found by its labels."""

    kind: str
    """container, network or volume."""
    id: str
    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which engine answers, and where."""

    address: str
    version: str
    api_version: str
    storage_driver: str
    os: str
    clock_offset: float
    """Seconds that the engine's clock is ahead of this machine's."""


CreateBody = Mapping[str, Any]
"""The JSON body of the Engine API's POST /containers/create, `HostConfig` and `NetworkingConfig` included."""
