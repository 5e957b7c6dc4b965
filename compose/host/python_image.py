"""An image that stands in for the official `python:X.Y-slim`: the interpreter that runs this module, and pip."""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from compose.host.archive import Image, Layer
from compose.host.base_image import add_libraries, base_layer

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The only version that the image can have."""

_UNUSED = re.compile(
    r"^(site|dist)-packages/|^EXTERNALLY-MANAGED$|^(idlelib|tkinter|turtledemo|ensurepip|lib2to3|config-)"
    r"|(^|/)tests?/|\.opt-\d\.pyc$|/(_tkinter|_test|_xxtest|xxlimited)[^/]*\.so$"
)
"""What the official slim image leaves out, or what belongs to this machine alone."""
_NOBODY = "nobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n"
_DEBIAN = "deb_system" in sysconfig.get_scheme_names()
"""Whether the interpreter is Debian's own, which looks for packages where nobody else does."""
_PIP = f"#!/usr/local/bin/python{VERSION}\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"


def python_image(work: Path) -> Image:
    """Make the image in the folder `work`, which has to outlive it."""
    layer = base_layer(work, _NOBODY, "nogroup:x:65534:\n")
    interpreter = Path(os.path.realpath(sys.executable))
    stdlib = Path(sysconfig.get_path("stdlib"))
    home = f"/usr/local/lib/python{VERSION}"
    _add_modules(layer, stdlib, home)
    layer.file(f"/usr/local/bin/python{VERSION}", interpreter, 0o755)
    for name in ("python", "python3"):
        layer.link(f"/usr/local/bin/{name}", f"python{VERSION}")
    add_libraries(layer, [interpreter, *(p for p in stdlib.glob("lib-dynload/*.so") if _is_kept(stdlib, p))])
    _add_pip(layer, f"{home}/{'dist' if _DEBIAN else 'site'}-packages")
    return Image(layer, _config())


def _is_kept(root: Path, path: Path) -> bool:
    return not _UNUSED.search(path.relative_to(root).as_posix())


def _add_modules(layer: Layer, folder: Path, place: str) -> None:
    layer.tree(folder, place, lambda path: not _UNUSED.search(path))
    for compiled in folder.rglob("__pycache__/*.pyc"):
        if _is_kept(folder, compiled):
            layer.file(f"{place}/{compiled.relative_to(folder).as_posix()}", _undated(compiled.read_bytes()))


def _undated(compiled: bytes) -> bytes:
    """Set a .pyc file's bytes 8 to 11, its source's time of change (PEP 552), to 0: so it is in the layer."""
    is_checked_by_time = compiled[4:8] == bytes(4)
    return compiled[:8] + bytes(4) + compiled[12:] if is_checked_by_time else compiled


def _add_pip(layer: Layer, place: str) -> None:
    pip = distribution("pip")
    packages = Path(str(pip.locate_file("")))
    _add_modules(layer, packages / "pip", f"{place}/pip")
    metadata = f"pip-{pip.version}.dist-info"
    layer.tree(packages / metadata, f"{place}/{metadata}")
    for name in ("pip", "pip3"):
        layer.file(f"/usr/local/bin/{name}", _PIP.encode(), 0o755)


def _config() -> Mapping[str, Any]:
    environment = [
        "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG=C.UTF-8",
        f"PYTHON_VERSION={platform.python_version()}",
    ]
    if _DEBIAN:  # pip would install beside PATH otherwise
        environment.append("DEB_PYTHON_INSTALL_LAYOUT=deb")
    origin = f"python {platform.python_version()} from this machine's own interpreter"
    return {"Env": environment, "Cmd": ["python3"], "Labels": {"dev.bootsmoke.image": origin}}
