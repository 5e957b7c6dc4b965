"""The engine itself is stopped, killed, or shut down in the middle of a run: a real dockerd, started for that."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from compose.host.processes import named_in_command
from harness.engine import Engine
from harness.engine.docker import DockerEngine
from harness.engine.pulse import PATIENCE
from harness.health.watch import HEARTBEAT
from tests.behaviours.image import IMAGE
from tests.faults.engine import PrivateEngine
from tests.faults.smoke import Smoke, shell, write
from tests.faults.table import Row

pytestmark = pytest.mark.docker

SERVICES = {"app": shell("exec sleep 300", restart="unless-stopped")}


@pytest.fixture(scope="module")
def dockerd(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, engine_address: str
) -> Iterator[PrivateEngine]:
    """Start a dockerd that has the image."""
    assert os.geteuid() == 0, "a dockerd of its own is for root"
    assert shutil.which("dockerd"), "these tests need dockerd on this machine (docker.io)"
    assert shutil.which("ip"), "these tests need ip on this machine (iproute2)"
    engine = PrivateEngine(tmp_path_factory.mktemp("dockerd"), pytestconfig.rootpath)
    try:
        engine.start()
        engine.load([IMAGE], engine_address)
        yield engine
    finally:
        engine.close()


@pytest.fixture
def private(dockerd: PrivateEngine) -> Iterator[DockerEngine]:
    """Connect to it; it runs before and after each test."""
    engine = DockerEngine(dockerd.url)
    yield engine
    engine.close()


def run(tmp_path: Path, dockerd: PrivateEngine) -> Smoke:
    """Begin a run, and wait until its container runs."""
    smoke = Smoke(write(tmp_path, SERVICES), dockerd.url, "--stability", "30")
    smoke.until(lambda record: record.kind == "life.started")
    return smoke


@pytest.mark.fault("dockerd is stopped (SIGSTOP)")
def test_a_stopped_engine_is_given_up_in_time(
    tmp_path: Path, dockerd: PrivateEngine, private: Engine, row: Row
) -> None:
    """It takes connections and says nothing: the run ends, says so, and lists what it could not remove."""
    smoke = run(tmp_path, dockerd)
    dockerd.signal(signal.SIGSTOP)
    stopped = smoke.records()[-1].elapsed
    try:
        ended = smoke.end()
    finally:
        dockerd.signal(signal.SIGCONT)
    assert ended.fits(row)
    assert "everything of bootsmoke-" in ended.told
    assert smoke.records()[-1].elapsed - stopped < HEARTBEAT + PATIENCE + 5
    smoke.until_gone(private)


@pytest.mark.soak
@pytest.mark.fault("dockerd is stopped during a build")
def test_a_build_is_not_waited_for_when_its_engine_is_stopped(
    tmp_path: Path, dockerd: PrivateEngine, private: Engine, row: Row
) -> None:
    """Compose would wait for ever; it is ended with the run."""
    build = {"dockerfile_inline": f"FROM {IMAGE}\nRUN sleep 60\n", "context": ".", "no_cache": True}
    smoke = Smoke(write(tmp_path, {"app": {"build": build}}), dockerd.url)
    log = smoke.until_file("*/build-app.log", "RUN sleep")
    dockerd.signal(signal.SIGSTOP)
    try:
        ended = smoke.end()
    finally:
        dockerd.signal(signal.SIGCONT)
    assert ended.fits(row)
    assert ended.seconds < 60
    assert log.exists()
    smoke.until_gone(private)
    assert not named_in_command(f"--project-directory={tmp_path}")


@pytest.mark.fault("dockerd is killed (SIGKILL) and started again")
def test_containers_that_went_down_with_their_engine_have_not_crashed(
    tmp_path: Path, dockerd: PrivateEngine, private: Engine, row: Row
) -> None:
    """Their exits say nothing about the stack, and nobody restarts them."""
    smoke = run(tmp_path, dockerd)
    dockerd.signal(signal.SIGKILL)
    dockerd.start()
    ended = smoke.end()
    assert ended.fits(row)
    assert ended.left(private) == []


@pytest.mark.fault("dockerd is shut down (SIGTERM)")
def test_an_engine_that_is_shut_down_stops_containers_that_have_not_crashed(
    tmp_path: Path, dockerd: PrivateEngine, private: Engine, row: Row
) -> None:
    """It stops them in order, with events like those of a stop by hand; what is left goes when it is back."""
    smoke = run(tmp_path, dockerd)
    dockerd.signal(signal.SIGTERM)
    ended = smoke.end()
    assert ended.fits(row)
    dockerd.start()
    smoke.until_gone(private)
