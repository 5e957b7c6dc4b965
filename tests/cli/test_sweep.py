from __future__ import annotations

import json
import subprocess
import uuid

import pytest

from harness.cli import main
from harness.engine import OWNER, RUN, Engine
from harness.engine.labels import owner

pytestmark = pytest.mark.docker


@pytest.fixture
def leftover(
    docker_engine: Engine, docker_labels: dict[str, str], engine_address: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Make a volume of a run whose process has ended, and tell it as `sweep --json` does."""
    monkeypatch.setenv("DOCKER_HOST", engine_address)
    with subprocess.Popen(["sleep", "60"]) as process:
        label = owner(process.pid)
        process.kill()
    name = f"cli-{uuid.uuid4().hex[:8]}"
    docker_engine.create_volume(name, {"Labels": docker_labels | {RUN: f"dead-{name}", OWNER: label}})
    return {"kind": "volume", "name": name, "run": f"dead-{name}"}


def test_dry_run(leftover: dict[str, str], docker_engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run lists what would go, and removes nothing."""
    assert main(["sweep", "--dry-run"]) == 0
    line = f"would remove volume {leftover['name']} of run {leftover['run']}"
    assert line in capsys.readouterr().out.splitlines()
    assert docker_engine.list_resources({RUN: leftover["run"]})


def test_sweep(leftover: dict[str, str], docker_engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """What a dead run left behind is removed and listed; a second sweep finds nothing of it."""
    assert main(["sweep", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["outcome"], document["dry_run"]) == (1, "passed", False)
    assert leftover in document["removed"]
    assert not docker_engine.list_resources({RUN: leftover["run"]})
    assert main(["sweep"]) == 0
    assert leftover["name"] not in capsys.readouterr().out
