"""Builds the images of services with `build`, by Compose itself: it knows BuildKit, .dockerignore, secrets, ssh.

The images get tags of ours (`bootsmoke/PROJECT-SERVICE:DIGEST`), so that a run never moves a tag of the user's.
Which builder is used is Compose's choice: BuildKit, or the classic builder with DOCKER_BUILDKIT=0.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Any

from harness.cancellation import Cancellation
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
    redact: Callable[[str], str] = str,
    cancellation: Cancellation | None = None,
) -> tuple[str, ...]:
    """Build what `services` (all, if None) need, write the builder's output to `log`, and return the tags.

    `environment` says where the engine is (DOCKER_HOST). `labels` are put on the images. `redact` takes secrets
    out of a line of the output. ComposeError, with the last lines of the log, when a build fails or takes longer
    than `timeout` seconds; CancelledError at once when the run is cancelled.
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
    log.parent.mkdir(parents=True, exist_ok=True)
    variables = {**environment, **_secret_variables(project)}
    with (
        log.open("w", encoding="utf-8", buffering=1) as output,
        _started(command, model, variables) as process,
        _limited(process, timeout, cancellation or Cancellation()) as is_late,
    ):
        output.writelines(redact(line) for line in process.stdout or ())
        process.wait()
    if is_late():
        raise _failure(project, log, f"the build took longer than {timeout:.0f} s")
    if process.returncode:
        raise _failure(project, log, "the build failed")
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


@contextmanager
def _started(command: list[str], model: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start Compose in a process group of its own: a Ctrl-C reaches it through the cancellation alone."""
    with tempfile.TemporaryFile() as given:
        given.write(model.encode())
        given.seek(0)
        with subprocess.Popen(
            command,
            stdin=given,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            yield process


@contextmanager
def _limited(
    process: subprocess.Popen[str], timeout: float, cancellation: Cancellation
) -> Iterator[Callable[[], bool]]:
    """Kill the build when its time is up or the run is cancelled: an engine gives it up when its client is gone.

    Gives what says whether its time was up; raises CancelledError at the end of a build that was cancelled.
    """
    late: list[bool] = []

    def kill() -> None:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def expire() -> None:
        late.append(True)
        kill()

    alarm = Timer(timeout, expire)
    alarm.start()
    cancellation.on_cancel(kill)
    try:
        yield lambda: bool(late)
    finally:
        cancellation.forget(kill)
        alarm.cancel()
        alarm.join()
        kill()
    cancellation.check()


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
