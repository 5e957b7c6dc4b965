"""Where the tests that are marked `docker` find the engine, and the promise that they leave nothing behind."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.engine import Engine
from harness.engine.address import find_engine
from harness.engine.sweep import remove_all
from harness.errors import EngineUnavailableError
from tests.bisect.writing import Written

_ALONE = ("behaviours", "faults", "health", "host", "test_end_to_end.py", "test_weight.py")
"""What bounds latencies, or changes what other tests use: those that need the engine run one by one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs while no other test does."""
    here = Path(__file__).parent
    for item in items:
        parts = item.path.relative_to(here).parts if item.path.is_relative_to(here) else ("",)
        if parts[0] in _ALONE and item.get_closest_marker("docker"):
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def engine_address(pytestconfig: pytest.Config) -> str:
    """Find the engine; without one the tests that need it are errors, never skipped."""
    found = find_engine(os.environ, pytestconfig.rootpath)
    if found is None:
        msg = "no container engine for the tests that are marked docker"
        raise EngineUnavailableError(msg, help="`make engine` starts one, `-m 'not docker'` leaves them out")
    return found.url


@pytest.fixture(scope="session")
def docker_engine(engine_address: str) -> Iterator[Engine]:
    """Connect to the real engine."""
    from harness.engine.docker import DockerEngine  # noqa: PLC0415 - half a second, for docker tests alone

    engine = DockerEngine(engine_address)
    yield engine
    engine.close()


@pytest.fixture
def docker_labels(docker_engine: Engine) -> Iterator[dict[str, str]]:
    """Labels for all that a test makes; what carries them is removed at its end."""
    labels = {"dev.bootsmoke.test": uuid.uuid4().hex[:12]}
    yield labels
    assert not remove_all(docker_engine, labels, deadline=20, clock=SystemClock()).left


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Make an empty git repository."""
    top = tmp_path / "repository"
    top.mkdir()
    return Written(top)
