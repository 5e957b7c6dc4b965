"""Image archives for `docker load`, made from files: the same files give the same bytes and the same image id.

The format is Docker's own (`docker save`): a `manifest.json`, one image configuration, one layer.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

EPOCH = "1970-01-01T00:00:00Z"
"""When every image of ours says that it was made: a real time would give each build an id of its own."""

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
"""This machine's architecture in the words of the image format."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of a layer: a file when it has `content`, a link when it has `target`, else a folder."""

    mode: int
    owner: int = 0
    content: Path | bytes | None = None
    target: str | None = None


class Layer:
    """The files of an image by absolute path; a later entry replaces an earlier one of the same path."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __contains__(self, path: str) -> bool:
        return _clean(path) in self._entries

    def directory(self, path: str, mode: int = 0o755, owner: int = 0) -> None:
        """Add a folder; `owner` is its user and group id."""
        self._add(path, Entry(mode, owner))

    def file(self, path: str, content: Path | bytes, mode: int = 0o644) -> None:
        """Add a file of root's, from bytes or from a file of this machine."""
        self._add(path, Entry(mode, content=content))

    def link(self, path: str, target: str) -> None:
        """Add a symbolic link."""
        self._add(path, Entry(0o777, target=target))

    def tree(self, source: Path, path: str, keep: Callable[[str], bool] = lambda _: True) -> None:
        """Add the files and links under `source` whose path relative to it `keep` accepts."""
        for found in sorted(source.rglob("*")):
            relative = found.relative_to(source).as_posix()
            if not keep(relative):
                continue
            if found.is_symlink():
                self.link(f"{path}/{relative}", str(found.readlink()))
            elif found.is_file():
                executable = found.stat().st_mode & 0o100
                self.file(f"{path}/{relative}", found, 0o755 if executable else 0o644)

    def write(self, out: IO[bytes]) -> None:
        """Write the layer as an uncompressed tar: sorted, parents first, all times 0."""
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path, entry in sorted(self._with_parents().items()):
                with _content(entry) as content:
                    archive.addfile(_header(path, entry, content), content)

    def _add(self, path: str, entry: Entry) -> None:
        self._entries[_clean(path)] = entry

    def _with_parents(self) -> dict[str, Entry]:
        parents = {
            str(parent): Entry(0o755)
            for path in self._entries
            for parent in PurePosixPath(path).parents
            if str(parent) != "."
        }
        return parents | self._entries


@dataclass(frozen=True, slots=True)
class Image:
    """A layer, and the `config` object of an OCI image that goes with it (Env, Entrypoint, Cmd, Labels, ...)."""

    layer: Layer
    config: Mapping[str, Any]


def write_image(out: IO[bytes], image: Image, tag: str) -> str:
    """Write an archive that `docker load` knows as `tag`, and return the image's id."""
    with tempfile.TemporaryFile() as packed:
        image.layer.write(packed)
        digest = _sha256(packed)
        description = {
            "architecture": ARCHITECTURE,
            "os": "linux",
            "created": EPOCH,
            "config": dict(image.config),
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
            "history": [{"created": EPOCH, "created_by": "bootsmoke: compose/host"}],
        }
        text = json.dumps(description, sort_keys=True).encode()
        image_id = hashlib.sha256(text).hexdigest()
        manifest = [{"Config": f"{image_id}.json", "RepoTags": [tag], "Layers": [f"{digest}.tar"]}]
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
            _put(archive, f"{image_id}.json", io.BytesIO(text), len(text))
            _put(archive, f"{digest}.tar", packed, packed.seek(0, io.SEEK_END))
            listing = json.dumps(manifest).encode()
            _put(archive, "manifest.json", io.BytesIO(listing), len(listing))
    return f"sha256:{image_id}"


def _clean(path: str) -> str:
    return str(PurePosixPath(path)).lstrip("/")


def _content(entry: Entry) -> IO[bytes]:
    if isinstance(entry.content, Path):
        return entry.content.open("rb")
    return io.BytesIO(entry.content or b"")


def _header(path: str, entry: Entry, content: IO[bytes]) -> tarfile.TarInfo:
    header = tarfile.TarInfo(path)
    header.mode = entry.mode
    header.uid = header.gid = entry.owner
    if entry.target is not None:
        header.type, header.linkname = tarfile.SYMTYPE, entry.target
    elif entry.content is None:
        header.type = tarfile.DIRTYPE
    else:
        header.size = content.seek(0, io.SEEK_END)
        content.seek(0)
    return header


def _put(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    content.seek(0)
    header = tarfile.TarInfo(name)
    header.size = size
    archive.addfile(header, content)


def _sha256(content: IO[bytes]) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    for block in _blocks(content):
        digest.update(block)
    return digest.hexdigest()


def _blocks(content: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: content.read(1 << 20), b"")
