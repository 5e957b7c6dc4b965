"""An image that keeps the contract of the official `postgres`, from binaries that other registries carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from compose.host.archive import Image, Layer
from compose.host.base_image import LIBRARIES, add_libraries, base_layer
from compose.host.packages import debian_packages, run
from compose.host.postgres_binaries import Binaries, clients, server

UID = 70
"""The user postgres of the official Alpine images."""

_ENTRYPOINT = Path(__file__).parent / "postgres" / "docker-entrypoint.sh"
_UNUSED = re.compile(
    r"\.a$|\.dist-info/|\.py$|pg-symlinks\.json$|(^|/)(include|pkgconfig|pgxs|bitcode|doc|man|locale|systemd)/"
    r"|plperl|plpython|pltcl|llvmjit"
)
"""What serves to compile extensions, and the languages whose interpreters are not in the image."""
_SETTINGS = "\nlisten_addresses = '*'\nunix_socket_directories = '/var/run/postgresql, /tmp'\n"
"""The official image's defaults; /tmp is where the clients look that came from elsewhere."""


def postgres_image(major: int, work: Path) -> Image:
    """Make the image for a major version in the folder `work`, which has to outlive it."""
    accounts = f"postgres:x:{UID}:{UID}:postgres:/var/lib/postgresql:/bin/sh\n"
    layer = base_layer(work, accounts, f"postgres:x:{UID}:\n")
    found = server(major, work)
    _add(layer, found, lambda path: not _UNUSED.search(path))
    (sample,) = found.root.rglob("postgresql.conf.sample")
    settings = sample.read_bytes() + _SETTINGS.encode()
    layer.file(f"{found.place}/{sample.relative_to(found.root).as_posix()}", settings)
    if "/usr/local/bin/psql" not in layer:
        others = clients(work)
        _add(layer, others, lambda path: ".libs/" in path or path.startswith(f"{others.bin}/"))
    _add_entrypoint(layer, debian_packages(["gosu", "libnss-wrapper"], work / "entrypoint"))
    _add_folders(layer, major)
    version = run([str(found.root / found.bin / "postgres"), "--version"], libraries=found.libraries).split()[2]
    return Image(layer, _config(major, version, found.origin))


def data_directory(major: int) -> str:
    """Return PGDATA as the official image sets it."""
    return f"/var/lib/postgresql/{major}/docker" if major >= 18 else "/var/lib/postgresql/data"


def _add(layer: Layer, found: Binaries, keep: Callable[[str], bool]) -> None:
    """Add what `keep` accepts of it, links in PATH to its programs, and the libraries that they need."""
    layer.tree(found.root, found.place, keep)
    programs = sorted((found.root / found.bin).iterdir())
    for program in programs:
        if f"/usr/local/bin/{program.name}" not in layer:
            layer.link(f"/usr/local/bin/{program.name}", f"{found.place}/{found.bin}/{program.name}")
    modules = [path for path in found.root.rglob("*.so") if keep(path.relative_to(found.root).as_posix())]
    binaries = [path for path in [*programs, *modules] if path.read_bytes()[:4] == b"\x7fELF"]
    add_libraries(layer, binaries, found)


def _add_entrypoint(layer: Layer, packages: Path) -> None:
    """Add the script, and the two things that it takes to run as somebody else."""
    layer.file("/usr/local/bin/docker-entrypoint.sh", _ENTRYPOINT, 0o755)
    layer.file("/usr/local/bin/gosu", packages / "usr/sbin/gosu", 0o755)
    wrapper = next(packages.rglob("libnss_wrapper.so")).resolve()
    layer.file(f"{LIBRARIES}/libnss_wrapper.so", wrapper, 0o755)
    add_libraries(layer, [wrapper])


def _add_folders(layer: Layer, major: int) -> None:
    """Everybody may write where data goes, so that `--user` works on a new volume too."""
    layer.directory("/docker-entrypoint-initdb.d")
    layer.directory("/run/postgresql", 0o3777, UID)
    if major >= 18:
        layer.directory("/var/lib/postgresql", 0o1777, UID)
    else:
        layer.directory("/var/lib/postgresql", 0o755, UID)
        layer.directory("/var/lib/postgresql/data", 0o1777, UID)


def _config(major: int, version: str, origin: str) -> Mapping[str, Any]:
    volume = "/var/lib/postgresql" if major >= 18 else data_directory(major)
    return {
        "Env": [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=en_US.utf8",
            f"PG_MAJOR={major}",
            f"PG_VERSION={version}",
            f"PGDATA={data_directory(major)}",
        ],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["postgres"],
        "ExposedPorts": {"5432/tcp": {}},
        "Volumes": {volume: {}},
        "StopSignal": "SIGINT",
        "Labels": {"dev.bootsmoke.image": f"postgres {version} from {origin}"},
    }
