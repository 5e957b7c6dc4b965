"""What `docker compose up --wait` says of the same cases, from the same compose file."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from harness.compose.binary import find_compose
from tests.behaviours.case import Case

LIMIT = 30
"""Seconds that it is told to wait; its own default is for ever."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one boot, by Compose's exit code."""

    is_green: bool
    seconds: float
    message: str = ""


def ask(engine: str, folder: Path, name: str, case: Case) -> tuple[Said, ...]:
    """Boot the case as often as it says, up to the first failure, and take it down."""
    said: list[Said] = []
    try:
        while len(said) < len(case.boots) and all(one.is_green for one in said):
            said.append(_up(engine, folder, name, again=bool(said)))
    finally:
        _compose(engine, folder, name, "down", "--volumes", "--timeout", "0")
    return tuple(said)


def _up(engine: str, folder: Path, name: str, *, again: bool) -> Said:
    options = ["--force-recreate"] if again else []
    began = time.monotonic()
    done = _compose(engine, folder, name, "up", "--wait", "--wait-timeout", str(LIMIT), *options, name)
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return Said(done.returncode == 0, time.monotonic() - began, last)


def _compose(engine: str, folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    project = f"compose-{folder.name.lower()}-{name}"
    return subprocess.run(
        [*find_compose().command, "-p", project, "-f", str(folder / "compose.yaml"), *arguments],
        env={**os.environ, "DOCKER_HOST": engine},
        capture_output=True,
        text=True,
        timeout=LIMIT + 60,
        check=False,
    )
