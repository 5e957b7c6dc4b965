"""The names that the engine room offers, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys

import harness.engine


def test_the_facade_offers_these_names() -> None:
    """Every name of the facade exists, and the list is meant."""
    assert harness.engine.__all__ == [
        "OWNER",
        "RUN",
        "SCENARIO",
        "ContainerState",
        "CreateBody",
        "Engine",
        "EngineInfo",
        "Event",
        "EventStream",
        "ExecResult",
        "HealthCheck",
        "HealthProbe",
        "ImageState",
        "LogLine",
        "LogStream",
        "Resource",
        "owner_is_alive",
        "run_labels",
    ]
    assert all(hasattr(harness.engine, name) for name in harness.engine.__all__)


def test_the_facade_is_light() -> None:
    """Importing the room imports neither the Docker SDK nor tenacity."""
    code = "import sys, harness.engine; sys.exit(bool({'docker', 'requests', 'tenacity'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
