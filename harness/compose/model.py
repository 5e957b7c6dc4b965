"""The resolved compose project, as frozen values.

Whatever the rest of bootsmoke reasons about has a typed field; the whole service as Compose resolved it stands
in `config`, for the one module that turns it into an Engine API body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from harness.engine.model import HealthCheck


class Condition(StrEnum):
    """What a dependent waits for, in Compose's words."""

    STARTED = "service_started"
    HEALTHY = "service_healthy"
    COMPLETED = "service_completed_successfully"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of `depends_on`."""

    service: str
    condition: Condition
    required: bool = True
    restart: bool = False
    """Whether the dependent is restarted when the dependency is re-created."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When the engine starts a container again; `retries` 0 means without end."""

    name: str = "no"
    retries: int = 0

    def restarts(self, exit_code: int) -> bool:
        """Whether an exit with this code is followed by a restart."""
        return self.name in ("always", "unless-stopped") or (self.name == "on-failure" and exit_code != 0)


@dataclass(frozen=True, slots=True)
class Mount:
    """One entry of `volumes`: a bind mount, a volume, or a tmpfs."""

    type: str
    target: str
    source: str | None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the project."""

    name: str
    image: str
    """The image to run; for a service with `build`, and for others that run its tag, a tag of ours."""
    config: Mapping[str, Any]
    config_hash: str
    build: Mapping[str, Any] | None = None
    depends_on: tuple[Dependency, ...] = ()
    restart: RestartPolicy = RestartPolicy()
    replicas: int = 1
    healthcheck: HealthCheck | None = None
    """The compose file's own; the image may have another."""
    healthcheck_disabled: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    stop_grace: float = 10.0
    platform: str | None = None
    pull_policy: str = "missing"


@dataclass(frozen=True, slots=True)
class Project:
    """A compose project as Compose resolved it."""

    name: str
    """The name that Compose would give it; each run has one of its own beside it."""
    files: tuple[Path, ...]
    directory: Path
    services: Mapping[str, Service]
    networks: Mapping[str, Mapping[str, Any]]
    volumes: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, Mapping[str, Any]]
    configs: Mapping[str, Mapping[str, Any]]
    compose_version: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What Compose interpolated from: the environment and the env files."""
    notes: tuple[str, ...] = ()
    """What is carried out in another way than Compose would, one sentence each, for the reader."""

    def order(self) -> tuple[Service, ...]:
        """Return the services so that each stands behind those that it depends on, ties by name."""
        done: dict[str, Service] = {}
        while len(done) < len(self.services):
            free = sorted(
                name
                for name, service in self.services.items()
                if name not in done
                and all(d.service in done or d.service not in self.services for d in service.depends_on)
            )
            done.update((name, self.services[name]) for name in free)
        return tuple(done.values())

    def must_complete(self, service: str) -> bool:
        """Whether another service waits for this one to end with exit code 0."""
        return any(
            dependency.service == service and dependency.condition is Condition.COMPLETED
            for other in self.services.values()
            for dependency in other.depends_on
        )
