"""What is observed of a container, and how patient we are with it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.compose.model import RestartPolicy
from harness.diagnose.crash_log import CrashSignature
from harness.engine.model import HealthCheck

HEALTH = "health"
"""The service's own healthcheck."""
TCP = "tcp"
"""Postgres answers over TCP: during its first start the official image runs a server on the socket alone."""
SAME_EXIT = 0.05
"""Seconds within which two reports are of one exit: between two exits lies the first back-off, 0.1 s, at least."""


@dataclass(frozen=True, slots=True)
class Started:
    """A life began."""

    at: float
    """The time of the engine's event; it names the life, and lies between StartedAt and the life's exit."""


@dataclass(frozen=True, slots=True)
class Exited:
    """A life ended."""

    at: float
    """The time of the engine's event: its FinishedAt, or up to 60 ms later on a busy machine (engine 20.10)."""
    exit_code: int
    signature: CrashSignature | None = None
    """What its log says; None when there is no log of that life."""
    oom_killed: bool = False
    missed: bool = False
    """It was not seen: the restart count alone tells of it. Its event takes its place if it still comes."""

    def is_at(self, time: float) -> bool:
        """Whether this is the exit of that time."""
        return abs(self.at - time) < SAME_EXIT


@dataclass(frozen=True, slots=True)
class Probed:
    """One probe ended: ours, or one of the engine's own healthcheck."""

    name: str
    passed: bool
    life: float
    """The life in which the probe began, by the name that `Started` gave it."""
    output: str = ""
    final: bool = False
    """The engine itself has counted enough failures in a row to call the container unhealthy."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What inspect says, whether or not events were missed."""

    running: bool
    restarting: bool
    started_at: float | None
    finished_at: float | None
    exit_code: int
    restart_count: int
    oom_killed: bool = False
    signature: CrashSignature | None = None
    """What the log of the last exit says, where the container does not run."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine could not start it at all."""

    error: str
    """The engine's own words."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed and nothing else is new."""


Observation = Started | Exited | Probed | Reconciled | Refused | Ticked


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one life may take to become ready, in seconds: the healthcheck's own numbers, added up.

    The engine calls a container unhealthy after `retries` failures in a row, each `interval` after the last
    and up to `timeout` long, and counts none during the start period. The slack is for the engine's own work.
    """

    start_period: float
    retries: int
    interval: float
    timeout: float
    slack: float = 5.0

    @classmethod
    def of(cls, check: HealthCheck | None) -> Patience:
        """Return the patience that `check` asks for, or a minute where there is no healthcheck."""
        if check is None:
            return cls(start_period=60.0, retries=0, interval=0.0, timeout=0.0)
        return cls(check.start_period, check.retries, check.interval, check.timeout)

    @property
    def total(self) -> float:
        """Seconds from the start of a life to the moment at which waiting is over."""
        return self.start_period + self.retries * (self.interval + self.timeout) + self.slack

    def __str__(self) -> str:
        return (
            f"{self.total:g} s = start_period {self.start_period:g} + retries {self.retries}"
            f" x (interval {self.interval:g} + timeout {self.timeout:g}) + slack {self.slack:g}"
        )


CRASH_BUDGET = 3
"""Crashes of no known-fatal cause that a boot survives: two restarts while the database starts are normal."""

STABILITY = 10.0
"""Seconds without an exit that green needs: the life after which the engine's back-off starts anew (moby)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is expected of one service."""

    requires: frozenset[str]
    """The probes that have to pass in the current life; empty: running through the stability window is enough."""
    patience: Patience
    restart: RestartPolicy = RestartPolicy()
    may_complete: bool = False
    """An exit with code 0 is what it is there for."""
    must_complete: bool = False
    """Only an exit with code 0 will do: another service waits for it."""
    crash_budget: int = CRASH_BUDGET
    stability: float = STABILITY
