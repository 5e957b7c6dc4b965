"""A folder of migrations as the styles look at it: names first, contents only where a name does not decide."""

from __future__ import annotations

import os
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harness import files
from harness.errors import LadderError, Place
from harness.ladder.text import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEPTH = 8
_FILE_LIMIT = 50_000
_ABOVE = 5


class Folder:
    """The files in a folder, or one file of it: `only` is its name."""

    def __init__(self, root: Path, *, only: str = "") -> None:
        self.root = root
        self.only = only

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the files directly in it, sorted; hidden ones are left out."""
        if self.only:
            return (self.only,)
        return tuple(sorted(entry.name for entry in _entries(self.root) if _is_file(entry)))

    @cached_property
    def below(self) -> tuple[str, ...]:
        """The files in it and below as relative paths with slashes, sorted; hidden ones are left out.

        LadderError at a link to a folder outside, and where the folder is too large to be one of migrations.
        """
        if self.only:
            return self.names
        found = list(islice(self._walk(self.root, 0), _FILE_LIMIT + 1))
        if len(found) > _FILE_LIMIT:
            message = f"more than {_FILE_LIMIT} files: no folder of migrations"
            raise LadderError(
                message, place=Place(str(self.root)), help="name the folder that holds the .sql files"
            )
        return tuple(sorted(found))

    def sql(self, *, below: bool = False) -> list[str]:
        """Return the names that end in .sql, in capitals or not."""
        return [name for name in (self.below if below else self.names) if name.lower().endswith(".sql")]

    def has(self, name: str) -> bool:
        """Whether there is such a file in or below the folder."""
        return (self.root / name).is_file()

    def peek(self, name: str) -> str:
        """Return a file's text, whatever bytes it holds; empty when it cannot be read."""
        try:
            return files.read(self.root / name, LARGEST).decode("utf-8-sig", errors="replace")
        except OSError:
            return ""

    def above(self, *names: str) -> str:
        """Return the first of these files that stands beside the folder or above it, five levels at most.

        The search ends at the top of a git repository; empty when there is none.
        """
        for folder in list(self.root.resolve().parents)[:_ABOVE]:
            for name in names:
                if (folder / name).is_file():
                    return name
            if (folder / ".git").exists():
                break
        return ""

    def path(self, name: str) -> Path:
        """Return a file's path; LadderError when it is a link that leads out of the folder."""
        path = self.root / name
        try:
            leads_out = not path.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):  # a loop of links
            raise LadderError("a link that leads to itself", place=Place(str(path))) from None
        if leads_out:
            raise _leads_out(path)
        return path

    def _walk(self, folder: Path, depth: int) -> Iterator[str]:
        for entry in _entries(folder):
            name = Path(entry.path).relative_to(self.root).as_posix()
            if _is_file(entry):
                yield name
            elif entry.is_symlink():
                self.path(name)
            elif entry.is_dir() and depth < _DEPTH:
                yield from self._walk(Path(entry.path), depth + 1)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        message = f"cannot read the migrations' folder: {error.strerror}"
        raise LadderError(message, place=Place(str(folder))) from None


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file or a link to one; a link to nothing, or to itself, is one that cannot be read."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:
        return True


def _leads_out(path: Path) -> LadderError:
    advice = "put the file itself there, or name the folder that holds it"
    return LadderError("a link that leads out of the migrations' folder", place=Place(str(path)), help=advice)
