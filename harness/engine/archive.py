"""Tar archives for PUT /containers/{id}/archive: pure."""

from __future__ import annotations

import io
import tarfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath


def archives(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return one archive for each folder, so that the engine says so when a folder is missing.

    Keys of `files` are absolute paths (`ValueError` otherwise); mode 0644, owned by root, mtime 0.
    """
    folders: dict[str, dict[str, bytes]] = defaultdict(dict)
    for path, content in files.items():
        where = PurePosixPath(path)
        if not where.is_absolute() or ".." in where.parts or not where.name:
            msg = f"not the absolute path of a file: {path!r}"
            raise ValueError(msg)
        folders[str(where.parent)][where.name] = content
    return {folder: _archive(contents) for folder, contents in folders.items()}


def _archive(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in sorted(contents.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
