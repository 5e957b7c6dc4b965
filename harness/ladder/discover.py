"""Finds the migrations: in a folder that was named, or below the folders that a service is built from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import LadderError, Place
from harness.ladder.model import Ladder, load, ordered, version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEPTH = 4
_FOLDER_LIMIT = 5000
_LIKELY = re.compile(r"migrat|^sql$|^db$|^schema$|^ladder$|^initdb", re.IGNORECASE)
_NUMBERED = re.compile(r"\d")
_SKIPPED = frozenset(
    ("node_modules", "vendor", "venv", "site-packages", "target", "dist", "build", "__pycache__", "testdata")
)


def find_ladder(path: Path) -> Ladder:
    """Return the ladder in a folder, or the one that a single file makes.

    `*.up.sql` files are taken in golang-migrate's order, by number; without any, all `*.sql` files in the order
    of their names. `*.down.sql` files are never part of it. LadderError when there is none.
    """
    if path.is_file():
        return Ladder(path.parent, "plain", (load(path),))
    if not path.is_dir():
        raise LadderError("no such file or folder", place=Place(str(path)), help="name the migrations' folder")
    names = _up_files(path)
    if not names:
        message = f"no migrations found in {path}: looked for *.up.sql and *.sql"
        raise LadderError(message, help="name the folder that holds the .sql files themselves")
    style = _style(names)
    return Ladder(path, style, ordered((load(path / name) for name in names), style))


def search(directories: Iterable[Path]) -> Ladder | None:
    """Look for a ladder in and below some folders, at most four levels deep; None when nothing looks like one.

    Of several candidates a folder with a likely name (migrations, db, sql, ...) goes first, then the one with
    the most files; the choice stands in the ladder's notes.
    """
    candidates = {found.path: found for directory in directories for found in _candidates(directory)}
    if not candidates:
        return None
    best, *others = sorted(candidates.values(), key=lambda found: (not found.likely, -found.files, str(found.path)))
    ladder = find_ladder(best.path)
    if not others:
        return ladder
    rest = ", ".join(str(found.path) for found in others[:3])
    return replace(ladder, notes=(f"migrations are read from {best.path}; {rest} could be meant too",))


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: Path
    files: int
    likely: bool


def _up_files(folder: Path) -> list[str]:
    names = [entry.name for entry in folder.iterdir() if entry.name.endswith(".sql") and entry.is_file()]
    ups = [name for name in names if name.endswith(".up.sql")]
    return ups or [name for name in names if not name.endswith(".down.sql")]


def _style(names: Iterable[str]) -> str:
    is_numbered = all(name.endswith(".up.sql") and version(name) >= 0 for name in names)
    return "golang-migrate" if is_numbered else "plain"


def _candidates(directory: Path) -> Iterator[_Candidate]:
    for folder in _folders(directory):
        names = _up_files(folder)
        likely = any(_LIKELY.search(part) for part in (folder.name, folder.parent.name))
        looks_like_it = [name for name in names if name.endswith(".up.sql") or _NUMBERED.match(name)]
        if looks_like_it or (names and likely):
            yield _Candidate(folder, len(names), likely)


def _folders(directory: Path) -> Iterator[Path]:
    base = len(directory.parts)
    for count, (folder, below, _) in enumerate(os.walk(directory)):
        if count >= _FOLDER_LIMIT:
            return
        deep = len(Path(folder).parts) - base >= _DEPTH
        below[:] = [] if deep else sorted(n for n in below if n not in _SKIPPED and not n.startswith("."))
        yield Path(folder)
