"""Builds the images of services with `build`, by Compose itself: it knows BuildKit, .dockerignore, secrets, ssh.

The images get tags of ours (`bootsmoke/PROJECT-SERVICE:DIGEST`), so that a run never moves a tag of the user's. Which
builder is used is Compose's choice: BuildKit, or the classic builder with DOCKER_BUILDKIT=0.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.compose.binary import find_compose
from harness.compose.model import Project, Service
from harness.compose.source import locate
from harness.errors import ComposeError

_LAST_LINES = 12
_TIMEOUT = 1800.0


def build_images(
    project: Project,
    *,
    log: Path,
    services: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    environment: Mapping[str, str] = os.environ,
    timeout: float = _TIMEOUT,
) -> tuple[str, ...]:
    """Build what `services` (all, if None) need, write the builder's output to `log`, and return the tags.

    `environment` says where the engine is (DOCKER_HOST). `labels` are put on the images. ComposeError, with the
    last lines of the log, when a build fails or takes longer than `timeout` seconds.
    """
    wanted = [name for name, service in project.services.items() if service.build]
    wanted = [name for name in wanted if services is None or name in services]
    if not wanted:
        return ()
    command = [
        *find_compose(environment).command,
        *("--file=-", f"--project-directory={project.directory}", "--ansi=never", "--progress=plain"),
        *("build", *wanted),
    ]
    model = json.dumps(build_model(project, labels or {})).replace("$", "$$")
    _run(command, model, project, log, {**environment, **_secret_variables(project)}, timeout)
    return tuple(project.services[name].image for name in wanted)


def build_model(project: Project, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the compose model that builds the images under our tags: services with `build`, and secrets."""
    built = {name: _build_part(service, labels) for name, service in project.services.items() if service.build}
    secrets = {
        key: {name: value for name, value in definition.items() if name in ("file", "environment")}
        for key, definition in project.secrets.items()
    }
    return {"name": project.name, "services": built, "secrets": secrets}


def _build_part(service: Service, labels: Mapping[str, str]) -> dict[str, Any]:
    build = dict(service.build or {})
    build.pop("tags", None)  # further tags of the user's, which a run does not move
    build["labels"] = {**(build.get("labels") or {}), **labels}
    platform = {"platform": service.platform} if service.platform else {}
    return {"image": service.image, "build": build, **platform}


def _secret_variables(project: Project) -> dict[str, str]:
    """Return the variables that secrets come from: those of an env file are not in the environment."""
    return {
        secret["environment"]: secret["content"] for secret in project.secrets.values() if secret.get("environment")
    }


def _run(
    command: list[str], model: str, project: Project, log: Path, environment: Mapping[str, str], timeout: float
) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                command,
                input=model.encode(),
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _failure(project, log, f"the build took longer than {timeout:.0f} s") from error
    if done.returncode:
        raise _failure(project, log, "the build failed")


def _failure(project: Project, log: Path, what: str) -> ComposeError:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return ComposeError(
        "\n".join([f"{what}:", *(f"  {line}" for line in lines[-_LAST_LINES:])]),
        place=locate(project.files, f"services.{_last_built(project, lines)}.build"),
        help=f"correct the Dockerfile or its context; the whole output is in {log}",
    )


def _last_built(project: Project, lines: Sequence[str]) -> str:
    """Return the service that the log speaks of last: BuildKit writes `[NAME 2/3]`, Compose `Service NAME`."""
    built = [name for name, service in project.services.items() if service.build]
    named = ((name, line) for line in reversed(lines) for name in built)
    return next((name for name, line in named if f"[{name} " in line or f" Service {name} " in line), built[0])
