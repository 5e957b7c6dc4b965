"""`python -m compose.host.images`: the images that the reference stack and the tests are made of.

Pulled where a registry answers. Where none does, stand-ins that keep the official contract are built from what
other package registries carry, and loaded; under the official names only on the private engine of this checkout:
anybody else's engine would take them for the real ones.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from compose.host.api import ImageApi
from compose.host.archive import Image, write_image
from compose.host.engine import ROOT, reachable
from compose.host.packages import download_wheels
from compose.host.postgres_image import postgres_image
from compose.host.python_image import VERSION, python_image
from harness.engine.address import EngineAddress, private_engine
from harness.errors import BootsmokeError, EngineError, EngineUnavailableError, UsageError

LABEL = "dev.bootsmoke.image"
"""The label of a stand-in: what it holds, and the package that it came from."""

POSTGRES = "16"
PYTHON = "3.13"
"""The versions that the compose file takes when PG and PYTHON_VERSION are not set."""

_NOTE = "# Written by `make images`: Docker Compose reads it. The environment goes before it.\n"


@dataclass(frozen=True, slots=True)
class Images:
    """The images of one engine; `may_stand_in` where a stand-in may carry an official name."""

    engine: EngineAddress
    may_stand_in: bool

    @property
    def _api(self) -> ImageApi:
        return ImageApi(self.engine.url)

    def is_stand_in(self, name: str) -> bool:
        """Whether the engine has an image of ours by this name."""
        return LABEL in (self._api.labels(name) or {})

    def provide(self, name: str, stand_in: str, build: Callable[[Path], Image]) -> str:
        """Make sure that the engine has the image `name`, or else `stand_in`, and return which it is."""
        if self._api.labels(name) is not None:
            return _said(name, "is there")
        if self.is_stand_in(stand_in):
            return _said(stand_in, "is there")
        try:
            self._api.pull(name)
        except EngineError as error:
            self._refuse_stand_in(name, error)
            return self._load(stand_in, build)
        return _said(name, "pulled")

    def _refuse_stand_in(self, name: str, error: EngineError) -> None:
        if not self.may_stand_in:
            raise EngineError(
                f"{name} is not there, and {self.engine} cannot pull it: {error.message}",
                help=f"`docker pull {name}` where a registry answers (then `docker save`, `docker load`), or let "
                "`make engine` start a private engine, where a stand-in may have that name",
            ) from error

    def _load(self, name: str, build: Callable[[Path], Image]) -> str:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bootsmoke-image-") as folder:
            image = build(Path(folder))
            archive = Path(folder, "image.tar")
            with archive.open("wb") as out:
                write_image(out, image, name)
            self._api.load(archive)
        seconds = time.monotonic() - began
        return _said(name, f"no registry answers: built in {seconds:.1f} s ({image.config['Labels'][LABEL]})")


def provide_all(images: Images, environment: Mapping[str, str], root: Path) -> None:
    """Provide Postgres and Python, and tell the compose file which Python that became."""
    postgres = _version(environment, "PG", POSTGRES)
    python = _version(environment, "PYTHON_VERSION", PYTHON)
    name = f"postgres:{postgres}-alpine"
    images.provide(name, name, lambda work: postgres_image(_major(postgres), work))
    chosen = bool(environment.get("PYTHON_VERSION"))
    stand_in = f"python:{python if chosen else VERSION}-slim"
    used = images.provide(f"python:{python}-slim", stand_in, lambda work: _python(stand_in, work))
    stack = root / "compose"
    _write_environment(stack / ".env", {} if chosen or used != stand_in else {"PYTHON_VERSION": VERSION})
    _provide_wheels(stack / "server", needed=images.is_stand_in(used))


def _python(name: str, work: Path) -> Image:
    if name != f"python:{VERSION}-slim":
        raise UsageError(
            f"{name}: no registry answers, and a stand-in can only be this interpreter's {VERSION}",
            help="leave PYTHON_VERSION out",
        )
    return python_image(work)


def _write_environment(file: Path, variables: Mapping[str, str]) -> None:
    """Write Compose's `.env`, or take away the one that we wrote when there is nothing to say."""
    if file.exists() and not file.read_text().startswith(_NOTE):
        raise UsageError(f"{file} is not ours", help="move its settings into the environment, and remove it")
    if variables:
        file.write_text(_NOTE + "".join(f"{name}={value}\n" for name, value in variables.items()))
    else:
        file.unlink(missing_ok=True)


def _provide_wheels(server: Path, *, needed: bool) -> None:
    """Put what the server's image installs into its build context, for a build that reaches nothing outside."""
    wheels, requirements = server / "wheels", server / "requirements.txt"
    stamp = wheels / ".stamp"
    wanted = f"{VERSION}\n{requirements.read_text()}"
    if needed and stamp.exists() and stamp.read_text() == wanted:
        return
    for old in (stamp, *wheels.glob("*.whl")):
        old.unlink(missing_ok=True)
    if not needed:
        return
    with tempfile.TemporaryDirectory(prefix="bootsmoke-wheels-") as folder:
        download_wheels(["--requirement", str(requirements)], Path(folder))
        for wheel in Path(folder).glob("*.whl"):
            shutil.move(wheel, wheels)
    stamp.write_text(wanted)
    print("images: wheels for the server's image downloaded", flush=True)


def _version(environment: Mapping[str, str], variable: str, default: str) -> str:
    version = environment.get(variable) or default
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        raise UsageError(f"{variable}={version!r} is not a version", help=f"such as {variable}={default}")
    return version


def _major(version: str) -> int:
    if not version.isdigit():
        raise UsageError(f"PG={version}: no registry answers, and a stand-in is made for a major version only")
    return int(version)


def _said(name: str, what: str) -> str:
    print(f"images: {name} {what}", flush=True)
    return name


def main(arguments: list[str] | None = None) -> int:
    """Provide all images on the engine that is in use; 3 when there is no engine, 2 for a wrong version."""
    parser = argparse.ArgumentParser(prog="images", description=__doc__)
    parser.add_argument(
        "--official-names", action="store_true", help="stand-ins may have them although the engine is not private"
    )
    options = parser.parse_args(arguments)
    try:
        engine = reachable(ROOT, os.environ)
        if engine is None:
            raise EngineUnavailableError("no engine answers", help="run `make engine` first")
        if not engine.url.startswith(("unix://", "tcp://")) or os.environ.get("DOCKER_TLS_VERIFY"):
            print(f"images: left to {engine}: it pulls them when they are used first")
            return 0
        provide_all(Images(engine, options.official_names or engine.url == _private_url()), os.environ, ROOT)
    except BootsmokeError as error:
        print(f"images: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _private_url() -> str | None:
    private = private_engine(ROOT)
    return private.url if private else None


if __name__ == "__main__":
    sys.exit(main())
