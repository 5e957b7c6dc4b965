"""What every image of ours starts from: the C library's surroundings, a shell and small tools."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from compose.host.archive import Layer
from compose.host.packages import debian_packages, run, search_path
from compose.host.postgres_binaries import Binaries
from harness.errors import BootsmokeError

LIBRARIES = f"/lib/{sysconfig.get_config_var('MULTIARCH')}"
"""Where the loader of Debian and Ubuntu looks without a cache."""

_MANYLINUX = (
    *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libanl.so.1"),
    *("libresolv.so.2", "libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"),
)
"""What a wheel, and name look-ups, may count on (PEP 599 and after); newer C libraries have fewer files."""
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_LDD_LINE = re.compile(r"^\s+(?:(?P<name>\S+) => )?(?P<path>/\S+) \(0x", re.MULTILINE)
_LDD_MISSING = re.compile(r"^\s+(\S+) => not found", re.MULTILINE)


def base_layer(work: Path, users: str, groups: str) -> Layer:
    """Return a layer with busybox, bash, certificates and accounts (lines of passwd and group beyond root's).

    `work` is a folder for what is downloaded; it has to exist until the layer is written.
    """
    layer = Layer()
    layer.directory("/tmp", 0o1777)  # noqa: S108 -- a path inside the image
    layer.directory("/var/tmp", 0o1777)  # noqa: S108
    layer.directory("/root", 0o700)
    layer.directory("/run")
    layer.link("/var/run", "/run")
    layer.file("/etc/passwd", f"root:x:0:0:root:/root:/bin/sh\n{users}".encode())
    layer.file("/etc/group", f"root:x:0:\n{groups}".encode())
    layer.file("/etc/nsswitch.conf", b"hosts: files dns\n")
    if _CERTIFICATES.exists():
        layer.file(str(_CERTIFICATES), _CERTIFICATES)
    _add_locales(layer)
    _add_shell(layer, debian_packages(["busybox-static"], work / "busybox"))
    add_libraries(layer, [Path("/bin/bash")])
    for name in _MANYLINUX:
        if (library := Path(LIBRARIES, name)).exists():
            layer.file(f"{LIBRARIES}/{name}", library.resolve(), 0o755)
    return layer


def add_libraries(layer: Layer, binaries: Iterable[Path], found: Binaries | None = None) -> None:
    """Add the shared libraries that `binaries` need, but for those that they bring along under `found.root`."""
    told = _ldd(binaries, found.libraries if found else None)
    missing = sorted(set(_LDD_MISSING.findall(told)))
    if missing:
        raise BootsmokeError(f"shared libraries that this machine lacks: {', '.join(missing)}")
    for line in _LDD_LINE.finditer(told):
        path = Path(os.path.normpath(line["path"]))
        if found and path.is_relative_to(found.root):
            continue
        # A line without a name is the loader: binaries know it by its full path.
        place = f"{LIBRARIES}/{line['name']}" if line["name"] else str(path)
        layer.file(place, path.resolve(), 0o755)


def _ldd(binaries: Iterable[Path], libraries: Path | None) -> str:
    done = subprocess.run(
        ["ldd", *map(str, binaries)], capture_output=True, text=True, check=False, env=search_path(libraries)
    )  # ldd ends with 1 when one of them is static: that is no failure
    return done.stdout


def _add_locales(layer: Layer) -> None:
    """Give C.UTF-8 its usual other name: en_US.utf8 sorts by code point here, as it does on Alpine."""
    compiled = Path("/usr/lib/locale/C.utf8")
    if compiled.is_dir():
        layer.tree(compiled, str(compiled))
        layer.link("/usr/lib/locale/en_US.utf8", "C.utf8")


def _add_shell(layer: Layer, root: Path) -> None:
    (busybox,) = root.glob("**/bin/busybox")
    for path in run([str(busybox), "--list-full"]).split():
        layer.link(f"/{path}", "/bin/busybox")
    layer.file("/bin/busybox", busybox, 0o755)  # last: it lists itself
    layer.file("/bin/bash", Path("/bin/bash"), 0o755)
