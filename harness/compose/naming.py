"""How one run names and labels what it makes, so that it never touches what it did not make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LABEL = "com.docker.compose"
"""The prefix of Compose's own labels (docker/compose, pkg/api/labels.go): `docker compose -p` finds by them."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names and labels of one run.

    `project` is the run's own project name, never the compose file's; names that the file gives to containers,
    networks and volumes are not used, because two runs, or a run and a developer's stack, would share them.
    """

    project: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """The run's labels, put on everything beside Compose's."""
    keep_ports: bool = False
    """Publish host ports as the file says; otherwise each goes to a free port on 127.0.0.1."""

    def container(self, service: str, number: int = 1) -> str:
        """Return the name of a service's container; `number` counts its replicas from 1."""
        return f"{self.project}-{service}-{number}"

    def network(self, key: str) -> str:
        """Return the name of a network by its key in the compose file."""
        return f"{self.project}_{key}"

    def volume(self, key: str) -> str:
        """Return the name of a volume by its key in the compose file."""
        return f"{self.project}_{key}"
