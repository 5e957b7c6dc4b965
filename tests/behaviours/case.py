"""One labelled case: a container that behaves as told, and the verdict that an expert gives it.

A case is a value. `service` makes of it what stands in a compose file, so that bootsmoke and Docker Compose are
given the same thing; the lives are shell scripts that the container's first process goes through, one a start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.outcome import Verdict

HEALTHY = "/healthy"
"""The file whose presence a healthcheck asks for."""

WINDOW = 2.5
"""Seconds of stability that green needs, where a behaviour does not ask for another window."""

_COUNT = f"rm -f {HEALTHY}; n=$(cat /lives 2>/dev/null || echo 0); echo $((n+1)) > /lives"
_COUNT_BOOTS = 'b=$(cat /state/boots 2>/dev/null || echo 0); [ "$n" -gt 0 ] || echo $((b+=1)) > /state/boots'


@dataclass(frozen=True, slots=True)
class Health:
    """A healthcheck; times in seconds."""

    test: tuple[str, ...] = ("CMD", "test", "-e", HEALTHY)
    interval: float = 0.4
    timeout: float = 2.0
    retries: int = 3
    start_period: float = 0.0

    def keys(self) -> dict[str, Any]:
        """Return it as it stands in a compose file."""
        return {
            "test": list(self.test),
            "interval": f"{self.interval:g}s",
            "timeout": f"{self.timeout:g}s",
            "retries": self.retries,
            "start_period": f"{self.start_period:g}s",
        }


@dataclass(frozen=True, slots=True)
class Expected:
    """What an expert says of one boot, who sees what the container will do and not only what it has done."""

    verdict: Verdict
    because: str
    exits: int = 0
    """The exit at which it can be known, counted from 1; 0 where no exit decides."""
    is_fatal: bool = False
    """It can be known from the log of that exit alone, with its cause."""

    @property
    def is_green(self) -> bool:
        """Whether the boot should pass."""
        return self.verdict is Verdict.READY


Lives = tuple[str, ...]
"""Shell scripts, one a life; the last of them again and again."""


@dataclass(frozen=True, slots=True)
class Case:
    """One container with one or two boots: cold, and warm by force-recreate."""

    behaviour: str
    restart: str
    boots: tuple[Lives, ...]
    expected: tuple[Expected, ...]
    health: Health | None = None
    stability: float = WINDOW
    entrypoint: tuple[str, ...] = ()
    """Takes the place of the lives: what cannot be started at all."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """More keys of the compose file."""

    @property
    def script(self) -> str:
        """The first process: it counts boots and lives, and lives the one whose turn it is."""
        if len(self.boots) == 1:
            return f"{_COUNT}; {_select('$n', self.boots[0])}"
        first, second = (_select("$n", lives) for lives in self.boots)
        return f"{_COUNT}; {_COUNT_BOOTS}; case $b in 1) {first} ;; *) {second} ;; esac"

    def service(self, name: str, image: str) -> dict[str, Any]:
        """Return the service as it stands in a compose file, dollar signs doubled."""
        words = self.entrypoint or ("/bin/sh", "-c", self.script.replace("$", "$$"))
        keys: dict[str, Any] = {
            "image": image,
            "pull_policy": "never",
            "entrypoint": list(words),
            "command": [],
            "restart": self.restart,
            "network_mode": "none",
            "stop_grace_period": "1s",
        }
        if self.health:
            keys["healthcheck"] = self.health.keys()
        if len(self.boots) > 1:
            keys["volumes"] = [f"{name}:/state"]
        return keys | dict(self.extra)


def compose_file(cases: Mapping[str, Case], image: str) -> dict[str, Any]:
    """Return one compose file with a service for each case, by name."""
    return {
        "services": {name: case.service(name, image) for name, case in cases.items()},
        "volumes": {name: {} for name, case in cases.items() if len(case.boots) > 1},
    }


def _select(number: str, lives: Lives) -> str:
    *first, last = lives
    cases = [f"{index}) {life} ;;" for index, life in enumerate(first)]
    return f"case {number} in {' '.join(cases)} *) {last} ;; esac"
