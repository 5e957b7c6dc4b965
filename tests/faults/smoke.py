"""`bootsmoke check` as a process of its own, on small projects; faults come at known moments of its journal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.engine.labels import RUN
from harness.engine.protocol import Engine
from harness.journal import Record, read
from tests.behaviours.image import IMAGE
from tests.faults.table import Row

POSTGRES: dict[str, Any] = {
    "image": "postgres:16-alpine",
    "environment": {"POSTGRES_USER": "app", "POSTGRES_PASSWORD": "app", "POSTGRES_HOST_AUTH_METHOD": "trust"},
    "healthcheck": {
        "test": ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "app"],
        "interval": "1s",
        "timeout": "3s",
        "retries": 30,
    },
    "restart": "unless-stopped",
}
CLIENT = Path(__file__).with_name("client.py")


def shell(script: str, **settings: Any) -> dict[str, Any]:
    """Return a service that runs a shell script."""
    return {"image": IMAGE, "init": True, "entrypoint": ["/bin/sh", "-c", script], **settings}


def client(*arguments: str, **settings: Any) -> dict[str, Any]:
    """Return a service that talks to Postgres, and is healthy while it gets an answer; see `client.py`."""
    return {
        "image": IMAGE,
        "init": True,
        "entrypoint": ["python3", "-IS", "/client.py", *arguments],
        "volumes": [f"{CLIENT}:/client.py:ro"],
        "healthcheck": {"test": ["CMD", "test", "-e", "/run/up"], "interval": "1s", "timeout": "2s", "retries": 4},
        "depends_on": {"postgres": {"condition": "service_healthy"}},
        "restart": "unless-stopped",
        **settings,
    }


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run ended with."""

    exit_code: int
    told: str
    seconds: float
    folder: Path
    """With the journal."""

    def fits(self, row: Row) -> bool:
        """Whether it ended as the README says; if not, what it said is printed."""
        if (self.exit_code, row.is_told_in(self.told)) == (row.exit_code, True):
            return True
        pytest.fail(f"not as in the README: exit code {self.exit_code}\n{self.told}")

    def left(self, engine: Engine) -> list[str]:
        """Return what is left on the engine of this run."""
        return [resource.name for resource in engine.list_resources({RUN: self.folder.name})]


class Smoke:
    """One run under way."""

    def __init__(self, folder: Path, url: str, *options: str, program: Sequence[str] = ("-m", "harness")) -> None:
        self._runs = folder / "runs"
        self._began = time.monotonic()
        words = ["check", "-f", folder / "compose.yaml", "--runs", self._runs, "--no-color", *options]
        self.process = subprocess.Popen(
            [sys.executable, *program, *map(str, words)],
            cwd=folder,
            env={**os.environ, "DOCKER_HOST": url, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def records(self) -> list[Record]:
        """Return the journal up to now."""
        return [record for journal in self._runs.glob("*/journal.jsonl") for record in read(journal)]

    def until(self, seen: Callable[[Record], bool], seconds: float = 60.0) -> Record:
        """Wait for a record in the journal, and return it; a run that ends before fails the test."""
        end = time.monotonic() + seconds
        while True:
            is_over = self.process.poll() is not None or time.monotonic() > end
            if found := next(filter(seen, self.records()), None):
                return found
            if is_over:
                self.process.kill()
                pytest.fail(f"the run ended, or took too long:\n{self.process.communicate()}")
            time.sleep(0.02)

    def until_file(self, pattern: str, holds: str, seconds: float = 60.0) -> Path:
        """Wait until a file of the run holds a text, and return the file."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [path for path in self._runs.glob(pattern) if holds in path.read_text()]
            if found:
                return found[0]
            time.sleep(0.05)
        self.process.kill()
        pytest.fail(f"no {pattern} that holds {holds!r}:\n{self.process.communicate()}")

    def ready(self, service: str) -> Record:
        """Wait until a service is ready."""
        return self.until(lambda record: record.kind == "service.ready" and record.data["service"] == service)

    def container(self, service: str) -> str:
        """Return the container of a service that was started last."""
        started = [r for r in self.records() if r.kind == "container.start" and r.data["service"] == service]
        return str(started[-1].data["container"])

    def until_gone(self, engine: Engine, seconds: float = 20.0) -> None:
        """Wait until the watchdog has removed what the run could not."""
        (folder,) = self._runs.glob("*/")
        end = time.monotonic() + seconds
        while left := engine.list_resources({RUN: folder.name}):
            assert time.monotonic() < end, left
            time.sleep(0.1)

    def end(self, seconds: float = 100.0) -> Ended:
        """Wait for the end; a run that hangs fails the test."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            pytest.fail(f"the run hangs:\n{self.process.communicate()}")
        assert "Traceback" not in err, err
        folder = next((path for path in self._runs.glob("*") if path.is_dir()), self._runs)
        return Ended(self.process.returncode, out + err, time.monotonic() - self._began, folder)


def write(folder: Path, services: Mapping[str, Any], **more: Any) -> Path:
    """Write a project's compose file (JSON is YAML)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "compose.yaml").write_text(json.dumps({"services": services, **more}))
    return folder
