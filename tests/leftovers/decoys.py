"""What is on an engine beside a run, and has to be there afterwards as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.engine import RUN, Engine, run_labels

FOREIGN: Mapping[str, Mapping[str, str]] = {
    "another-compose-project": {"com.docker.compose.project": "shop", "com.docker.compose.service": "postgres"},
    "bootsmoke-20990101-000000-beef-1": {},  # a name as a run's, and no label
    "another-tool": {"org.testcontainers": "true", "org.testcontainers.session-id": "dead"},
    "the-same-prefix": {"dev.bootsmoke.runner": "r", "dev.bootsmoke.owner": "1:1:gone:pid:[1]"},
    "without-an-owner": {RUN: "bootsmoke"},
    "of-a-living-run": run_labels("alive", "check", 0.0),  # its owner is this process, whatever the deadline says
}


@dataclass(frozen=True)
class Decoys:
    """A container that runs, a network and a volume for each kind of somebody else."""

    engine: Engine
    labels: Mapping[str, str]
    """The test's own, by which they are removed."""

    def make(self) -> None:
        """Make them all."""
        suffix = next(iter(self.labels.values()))
        for name, foreign in FOREIGN.items():
            self._make(f"{name}-{suffix}", {**foreign, **self.labels})

    def seen(self) -> dict[str, str]:
        """Return each with its state, by kind and id."""
        return {
            f"{each.kind} {each.id}": self.engine.inspect(each.id).status if each.kind == "container" else "there"
            for each in self.engine.list_resources(self.labels)
        }

    def _make(self, name: str, labels: Mapping[str, str]) -> None:
        self.engine.create_volume(name, {"Labels": labels})
        self.engine.create_network(name, {"Labels": labels})
        mounts = [{"Type": "volume", "Source": name, "Target": "/data"}]
        body = {
            "Image": "postgres:16-alpine",
            "Entrypoint": ["sleep", "3600"],
            "Labels": dict(labels),
            "HostConfig": {"NetworkMode": name, "Mounts": mounts},
        }
        self.engine.start(self.engine.create_container(name, body))
