"""What a run is given, and who else is there: images, builds, projects of the same name, other runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.compose.binary import find_compose
from harness.engine import Engine
from tests.behaviours.image import IMAGE
from tests.faults.smoke import Smoke, shell, write
from tests.faults.table import Row

pytestmark = pytest.mark.docker

STAYS = {"app": shell("exec sleep 300", restart="unless-stopped")}


@pytest.mark.fault("an image is missing")
def test_an_image_that_nobody_has(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """Nothing can be known of a stack whose image cannot be had."""
    services = {"app": {"image": "127.0.0.1:9/bootsmoke/no-such-image:1"}}
    ended = Smoke(write(tmp_path, services), engine_address).end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


@pytest.mark.fault("a build fails")
def test_a_build_that_fails(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """The builder's last words are told, and the place in the compose file."""
    dockerfile = f"FROM {IMAGE}\nRUN echo the last words; exit 7\n"
    services = {"app": {"build": {"context": ".", "dockerfile_inline": dockerfile}}}
    ended = Smoke(write(tmp_path, services), engine_address).end()
    assert ended.fits(row)
    assert "the last words" in ended.told
    assert "compose.yaml:1:" in ended.told
    assert ended.left(docker_engine) == []


@pytest.mark.soak
@pytest.mark.fault("two runs at once")
def test_two_runs_of_one_project_at_once(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """Each has names, ports and volumes of its own, and removes its own alone."""
    services = {"app": shell("exec sleep 300", ports=["127.0.0.1:8080:80"], volumes=["data:/data"])}
    folders = [write(tmp_path / name, services, name="shop", volumes={"data": {}}) for name in ("one", "two")]
    runs = [Smoke(folder, engine_address, "--stability", "1") for folder in folders]
    for ended in [run.end() for run in runs]:
        assert ended.fits(row)
        assert ended.left(docker_engine) == []


@pytest.mark.fault("a project of the same name runs")
def test_a_project_of_the_same_name_is_left_alone(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """A developer's own stack of this very compose file goes on, with its container and its volume."""
    services = {"app": shell("exec sleep 300", volumes=["data:/data"])}
    name = f"shop{tmp_path.name.replace('_', '')}".lower()
    folder = write(tmp_path, services, name=name, volumes={"data": {}})
    labels = {"com.docker.compose.project": name}
    compose = ComposeProject(folder, engine_address)
    compose("up", "--detach")
    try:
        before = docker_engine.list_resources(labels)
        assert [resource.kind for resource in before] == ["container", "network", "volume"]
        ended = Smoke(folder, engine_address, "--stability", "1").end()
        assert ended.fits(row)
        assert docker_engine.list_resources(labels) == before
        assert docker_engine.inspect(before[0].id).restart_count == 0
        assert docker_engine.inspect(before[0].id).is_running
    finally:
        compose("down", "--volumes", "--timeout", "0")
    assert ended.left(docker_engine) == []


@pytest.mark.fault("all services are scaled to 0")
def test_a_project_of_nothing_is_no_pass(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """Where nothing ran, nothing was proved."""
    ended = Smoke(write(tmp_path, {"app": STAYS["app"] | {"scale": 0}}), engine_address).end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


class ComposeProject:
    """Docker Compose itself, on a project in a folder."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._environment = {**os.environ, "DOCKER_HOST": url}

    def __call__(self, *words: str) -> None:
        """Run one command of it."""
        command = [*find_compose(self._environment).command, *words]
        done = subprocess.run(
            command, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
