"""Lets Docker Compose itself resolve the compose files: interpolation, overrides, extends, profiles, env files."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.compose.binary import Compose, find_compose
from harness.compose.complaint import explain
from harness.compose.model import Project
from harness.compose.parse import Resolved, parse_project
from harness.compose.source import refuse_bombs
from harness.errors import BootsmokeError, ComposeError, Place
from harness.files import MIB, read
from harness.redact import Redactor, secrets_of

_TIMEOUT = 60.0
"""Seconds for one `config`: it takes 0.1 s, and longer only where `include` or `extends` fetches from a remote."""
_LIMITS = {
    resource.RLIMIT_CPU: 10,  # seconds
    resource.RLIMIT_AS: 4 * 1024 * MIB,
    resource.RLIMIT_FSIZE: 64 * MIB,
}
"""What one `config` may use up. Compose multiplies aliases until nothing is left, and reads what has no end."""
_USED_UP = ("out of memory", "cannot allocate memory", "file too large")
_LARGEST = 4 * MIB
"""Bytes of a compose file or an env file."""
_DEFAULTS = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_WARNING = re.compile(r'level=warning msg="((?:[^"\\]|\\.)*)"')
_VARIABLE = re.compile(r"^([A-Za-z_]\w*)=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Answer:
    stdout: str
    stderr: str
    exit_code: int


def resolve(
    files: Sequence[Path] = (),
    *,
    profiles: Sequence[str] = (),
    env_files: Sequence[Path] = (),
    environment: Mapping[str, str] = os.environ,
    project_directory: Path | None = None,
) -> Project:
    """Return the project that Compose makes of `files`; without any, of those that Compose itself would find.

    `environment` is what Compose interpolates from, beside `.env` and `env_files`. ComposeError (with the place,
    where it can be found) for whatever Compose rejects and for every key that bootsmoke does not carry out.
    """
    for file in (*files, *env_files):
        _refuse_unreadable(file)
    refuse_bombs(files)
    compose = find_compose(environment)
    options = [
        *(f"--file={file}" for file in files),
        *(f"--profile={profile}" for profile in profiles),
        *(f"--env-file={file}" for file in env_files),
        *([f"--project-directory={project_directory}"] if project_directory else []),
    ]
    model, hashes, variables = _ask(compose, options, environment)
    known = _variables(variables.stdout) | dict(environment)
    used = _files(files, known)
    if model.exit_code:
        raise explain(Redactor(secrets_of(known)).text(model.stderr), used)
    return parse_project(
        Resolved(
            model=_unescaped(model.stdout),
            hashes=dict(line.split() for line in hashes.stdout.splitlines() if len(line.split()) == 2),
            variables=known,
            files=used,
            directory=_directory(project_directory, used),
            compose_version=compose.version,
            warnings=_warnings(model.stderr),
        )
    )


def _ask(compose: Compose, options: list[str], environment: Mapping[str, str]) -> list[_Answer]:
    """Run the three queries at once: the model, its services' hashes, and the variables (`.env` included)."""
    queries = (["--format", "json"], ["--hash", "*"], ["--environment"])

    def ask(query: list[str]) -> _Answer:
        return _run([*compose.command, *options, "config", *query], environment)

    with ThreadPoolExecutor(len(queries)) as pool:
        return list(pool.map(ask, queries))


def _run(command: list[str], environment: Mapping[str, str]) -> _Answer:
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        ) as process:
            _limit(process)
            try:
                process.wait(_TIMEOUT)
            except subprocess.TimeoutExpired as error:
                raise BootsmokeError(
                    f"Docker Compose did not answer within {_TIMEOUT:.0f} s",
                    help="look for an `include` or `extends` that is fetched from a remote, and for a pipe",
                ) from error
            finally:
                process.kill()
        said = _all(stderr)
        if process.returncode < 0 or any(words in said for words in _USED_UP):
            raise ComposeError(
                "Docker Compose ran out of time or memory over these files",
                help="look for aliases of aliases, and for a file that has no end",
            )
        return _Answer(_all(stdout), said, process.returncode)


def _limit(process: subprocess.Popen[bytes]) -> None:
    """Set the limits from outside: they hold when we are gone, too."""
    for kind, most in _LIMITS.items():
        with suppress(ProcessLookupError):  # it has ended already
            resource.prlimit(process.pid, kind, (most, most))


def _all(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _refuse_unreadable(file: Path) -> None:
    """Refuse what Compose would wait for, or read without an end."""
    try:
        read(file, _LARGEST)
    except FileNotFoundError:
        return  # Compose says it better
    except OSError as error:
        raise ComposeError(f"cannot read the file: {error.strerror}", place=Place(str(file))) from error


def _unescaped(text: str) -> Mapping[str, object]:
    """Read Compose's JSON, in which every dollar sign is doubled so that it could be interpolated again."""
    model: Mapping[str, object] = json.loads(text.replace("$$", "$"))
    return model


def _variables(text: str) -> dict[str, str]:
    """Read `config --environment` (Compose 2.27 or later; else empty); a value may have several lines."""
    found = _VARIABLE.split(text)[1:]
    return {name: value.rstrip("\n") for name, value in zip(found[::2], found[1::2], strict=True)}


def _warnings(stderr: str) -> tuple[str, ...]:
    messages = [json.loads(f'"{text}"') for text in _WARNING.findall(stderr)]
    return tuple(dict.fromkeys(f"Compose warns: {message}" for message in messages))


def _directory(given: Path | None, files: tuple[Path, ...]) -> Path:
    folder = given or (files[0].parent if files else Path.cwd())
    return folder.resolve()


def _files(given: Sequence[Path], variables: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files that Compose read: those given, COMPOSE_FILE's, or the first default up the tree.

    Compose does not print them; this is its own rule (compose-go, cli/options.go).
    """
    if given:
        return tuple(file.absolute() for file in given)
    if variables.get("COMPOSE_FILE"):
        separator = variables.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
        return tuple(Path(file).absolute() for file in variables["COMPOSE_FILE"].split(separator))
    for folder in (Path.cwd(), *Path.cwd().parents):
        found = next((folder / name for name in _DEFAULTS if (folder / name).is_file()), None)
        if found:
            overrides = [folder / name for name in _OVERRIDES if (folder / name).is_file()]
            return (found, *overrides[:1])
    return ()
