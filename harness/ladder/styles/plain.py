"""Files that a program of its own applies: by number, by name, or in folders."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style, forward

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_NUMBER = re.compile(r"\d+")
_NUMBERS = re.compile(r"(\d+)")


def _ways_forward(names: list[str]) -> list[str]:
    ups = [name for name in names if name.lower().endswith((".up.sql", "_up.sql"))]
    return ups or forward(names)


class Numbered(Style):
    """All names begin with a number: by number, then by name."""

    name = "numbered"
    takes = "*.sql with names that begin with a number"

    def recognise(self, folder: Folder) -> str:
        """Say that all files have a number."""
        names = _ways_forward(folder.sql())
        is_numbered = bool(names) and all(self.key(name) is not None for name in names)
        return "all its .sql files begin with a number" if is_numbered else ""

    def key(self, name: str) -> Key | None:
        """Return number and name."""
        found = _NUMBER.match(name)
        return (int(found[0]), name) if found else None

    def order(self, folder: Folder) -> list[str]:
        """Return the ways forward."""
        return self.sorted(_ways_forward(folder.sql()))

    def remarks(self, names: list[str]) -> list[str]:
        """Say where the order by name would be another."""
        pair = next((pair for pair in pairwise(names) if pair[0] > pair[1]), None)
        return [f"{pair[0]} goes before {pair[1]}, by number; --style plain takes files by name"] if pair else []


class Plain(Style):
    """Any .sql files, by name, as `docker-entrypoint-initdb.d` and `sorted(glob(...))` take them."""

    name = "plain"
    takes = "*.up.sql and *.sql"

    def recognise(self, folder: Folder) -> str:
        """Say that there are .sql files."""
        return "no tool's names were recognised" if self.order(folder) else ""

    def key(self, name: str) -> Key | None:
        """Return the name."""
        return (name,)

    def order(self, folder: Folder) -> list[str]:
        """Return the ways forward."""
        return self.sorted(_ways_forward(folder.sql()))


class Tree(Style):
    """Numbered files in numbered folders below: by path, each number in it as one.

    Guessed only where most of the folders begin with a number too, since the ladders of several services below one
    folder are none together.
    """

    name = "tree"
    takes = "*.sql in folders below, both with names that begin with a number"
    below = True

    def recognise(self, folder: Folder) -> str:
        """Say that there are files below only, numbered as their folders are."""
        paths = [] if folder.sql() else [PurePosixPath(name) for name in self.order(folder)]
        folders = [path.name[0].isdigit() for path in {path.parent for path in paths}]
        is_numbered = all(path.name[0].isdigit() for path in paths) and 2 * sum(folders) > len(folders)
        return "its .sql files stand in folders below, both with numbers" if is_numbered else ""

    def key(self, name: str) -> Key | None:
        """Return each part of the path, cut into texts and numbers by turns."""
        return tuple(_natural(part) for part in PurePosixPath(name).parts)

    def order(self, folder: Folder) -> list[str]:
        """Return the ways forward."""
        return self.sorted(_ways_forward(folder.sql(below=True)))


def _natural(part: str) -> tuple[int | str, ...]:
    return tuple(int(piece) if index % 2 else piece for index, piece in enumerate(_NUMBERS.split(part)))
