"""The evidence of a run: what its folder holds beside journal and logs, and the bundle that can be given away.

Everything is redacted when it is written. When the run is over, while its secrets are still known, every file is
searched for them once more, and what was searched is sealed by its digests. Only a sealed folder is packed, and
only as it was sealed; the packed bundle is searched again, for what looks like a secret.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from harness import __version__
from harness.compose.model import Project
from harness.engine.model import ContainerState
from harness.errors import BootsmokeError
from harness.redact import Redactor
from harness.writing import writing

SEAL = "sealed.json"


def save_model(folder: Path, project: Project, redactor: Redactor) -> None:
    """Save the resolved compose model; BootsmokeError when it cannot be written."""
    # What Compose interpolated from is the whole environment of this process, and none of a reader's business.
    _save(folder / "compose.json", asdict(replace(project, variables={})), redactor)


def save_containers(folder: Path, containers: Mapping[str, ContainerState], redactor: Redactor) -> None:
    """Save what inspect tells of each container, by the name of its service, probes and health included."""
    _save(folder / "inspect.json", {name: asdict(state) for name, state in containers.items()}, redactor)


def _save(path: Path, document: Any, redactor: Redactor) -> None:
    plain = json.loads(json.dumps(document, default=str))
    with writing(path):
        path.write_text(f"{json.dumps(redactor.value(plain), indent=1, ensure_ascii=False)}\n", encoding="utf-8")


def seal(folder: Path, redactor: Redactor) -> list[str]:
    """Search all files of a run for its secrets, take out what is found, and seal the folder.

    Returns the files in which something was found: it should have been redacted when it was written.
    """
    found, digests = [], {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        clean = _redacted(content, redactor)
        if clean != content:
            found.append(name)
            path.write_bytes(clean)
        digests[name] = hashlib.sha256(clean).hexdigest()
    document = {"schema": 1, "bootsmoke": __version__, "files": digests}
    (folder / SEAL).write_text(f"{json.dumps(document, indent=1)}\n")
    return found


def pack(folder: Path, target: Path) -> None:
    """Write a sealed folder as a .tar.gz; the same folder gives the same bytes.

    BootsmokeError, and no file, when the folder is not sealed or has been changed since, when a file looks as if it
    held a secret, or when the bundle cannot be written.
    """
    content = _packed(folder.name, dict(_sealed(folder)))
    for name, part in _unpacked(content):
        if _redacted(part, Redactor()) != part:
            raise BootsmokeError(
                f"the bundle was not written: {name} holds what looks like a secret",
                help="look at the file in the run's folder, and take it out there before you give anything away",
            )
    with writing(target):
        target.write_bytes(content)


def _sealed(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file, in the order of the names, once it has proved to be as it was sealed."""
    try:
        told = json.loads((folder / SEAL).read_text())["files"]
    except (OSError, ValueError, KeyError) as error:
        raise BootsmokeError(
            f"{folder} is not sealed: the run broke off before its files were searched for secrets",
            help="run it again, or look through the folder yourself before you give it away",
        ) from error
    names = [path.relative_to(folder).as_posix() for path in _files(folder)]
    contents = {name: (folder / name).read_bytes() for name in names}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    if changed := sorted(name for name in {*told, *names} if told.get(name) != digests.get(name)):
        raise BootsmokeError(
            f"{folder}: {', '.join(changed[:3])} changed since the files were searched for secrets",
            help="a bundle is packed from what a run has left, and from nothing else",
        )
    yield from contents.items()


def _files(folder: Path) -> Iterable[Path]:
    """Return the regular files of a run in the order of their names; what is no file of a run's is none of ours."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and path.name != SEAL
    )


def _redacted(content: bytes, redactor: Redactor) -> bytes:
    return redactor.text(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _packed(top: str, contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for entry in archive:
            held = archive.extractfile(entry)
            if held is not None:
                yield entry.name, held.read()
