"""Finds the migrations: in a folder that was named, or below the folders that a service is built from."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import LadderError, Place, UsageError
from harness.ladder import styles
from harness.ladder.folder import Folder
from harness.ladder.model import Ladder, Migration, load
from harness.ladder.styles.style import forward

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.ladder.styles import Style

_DEPTH = 6
_FOLDER_LIMIT = 5000
_SHOWN = 3
_LIKELY = re.compile(r"migrat|^sql$|^db$|^schema$|^ladder$|^initdb", re.IGNORECASE)
_OF_ANOTHER_DATABASE = re.compile(
    r"sqlite|mysql|mariadb|mssql|sqlserver|oracle|clickhouse|cassandra|spanner|duckdb|mongo", re.IGNORECASE
)
_NUMBERED = re.compile(r"[VB]?\d|R__")
_SKIPPED = frozenset(
    ("node_modules", "vendor", "venv", "site-packages", "target", "dist", "build", "__pycache__", "testdata")
)
_IN_A_FOLDER_OF_ITS_OWN = frozenset(("up.sql", "migration.sql"))


def find_ladder(path: Path | str, style: str | None = None) -> Ladder:
    """Return the ladder in a folder, or the one that a single file makes.

    The style is guessed from names and annotations, see `harness.ladder.styles`, unless it is named. The ladder
    holds the files that the style's tool runs, in its order; what is left out stands in the notes. LadderError when
    there is none, UsageError when no style has this name.
    """
    path = Path(path)
    if path.is_file():
        return _single(path, style)
    if not path.is_dir():
        raise LadderError("no such file or folder", place=Place(str(path)), help="name the migrations' folder")
    folder = Folder(path)
    found = (styles.named(style), "named by --style") if style else styles.guess(folder)
    names = found[0].order(folder) if found else []
    if found is None or not names:
        looked_for = found[0].takes if found else "*.up.sql and *.sql"
        raise LadderError(f"no migrations found in {path}: looked for {looked_for}", help=_where_else(path))
    return _ladder(folder, *found, names)


def ladder_of(paths: Sequence[Path], style: str | None = None) -> Ladder:
    """Return the ladder in a folder, or the one that several files of a folder make, in its tool's order."""
    if len(paths) == 1:
        return find_ladder(paths[0], style)
    folders = {path.parent for path in paths}
    if len(folders) != 1 or not all(path.is_file() for path in paths):
        raise UsageError("one ladder at a time", help="name one folder, or files of one folder")
    ladder = find_ladder(folders.pop(), style)
    chosen = {path.resolve() for path in paths}
    kept = tuple(migration for migration in ladder.migrations if migration.path.resolve() in chosen)
    if len(kept) != len(chosen):
        taken = {migration.path.resolve() for migration in kept}
        other = next(path for path in paths if path.resolve() not in taken)
        raise UsageError(f"{other} is no migration of style {ladder.style}", help="name the style: --style")
    return replace(ladder, migrations=kept)


def search(directories: Iterable[Path]) -> Ladder | None:
    """Look for a ladder in and below some folders, at most six levels deep; None when nothing looks like one.

    Of several candidates a folder with a likely name (migrations, db, sql, ...) goes first, then the one with
    the most files; one whose path names another database than Postgres goes last. The choice stands in the
    ladder's notes.
    """
    candidates = _ranked(directories)
    if not candidates:
        return None
    best, *others = candidates
    ladder = find_ladder(best.path)
    if not others:
        return ladder
    rest = ", ".join(str(found.path) for found in others[:_SHOWN])
    note = f"migrations are read from {best.path}; {rest} could be meant too"
    return replace(ladder, notes=(note, *ladder.notes))


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: Path
    files: int
    likely: bool
    foreign: bool


def _single(path: Path, style: str | None) -> Ladder:
    folder = Folder(path.parent, only=path.name)
    found = (styles.named(style), "named by --style") if style else styles.guess(folder)
    chosen, why = found or (styles.named("plain"), "a single file")
    return _ladder(folder, chosen, why, [path.name])


def _ladder(folder: Folder, style: Style, why: str, names: list[str]) -> Ladder:
    migrations = tuple(load(folder.path(name), name, style) for name in names)
    notes = (*_left_out(folder, style, names), *style.remarks(names), *_doubles(style, names), *_said(migrations))
    return Ladder(folder.root, style.name, migrations, notes, why)


def _left_out(folder: Folder, style: Style, names: list[str]) -> Iterator[str]:
    rest = [name for name in forward(folder.sql()) if name not in names]
    if rest:
        more = f" and {len(rest) - _SHOWN} more" if len(rest) > _SHOWN else ""
        yield f"not part of the ladder in the style {style.name}: {', '.join(rest[:_SHOWN])}{more}"


def _said(migrations: tuple[Migration, ...]) -> Iterator[str]:
    notes = [f"{migration.name}: {note}" for migration in migrations for note in migration.notes]
    yield from notes[:_SHOWN]
    if len(notes) > _SHOWN:
        yield f"{len(notes) - _SHOWN} more notes on other files"


def _doubles(style: Style, names: list[str]) -> Iterator[str]:
    """Name versions that two files share: the tools refuse such a ladder, a server's own runner may not."""
    keys = {name: style.key(name) for name in names}
    count = Counter(key for key in keys.values() if key is not None)
    for key in (key for key, times in count.items() if times > 1):
        same = [name for name in names if keys[name] == key]
        yield f"{' and '.join(same)} have one version: {style.name} refuses that; they are taken by name"


def _where_else(path: Path) -> str:
    others = [str(found.path) for found in _ranked([path]) if found.path != path]
    candidates = ", ".join(others[:_SHOWN])
    return f"did you mean {candidates}?" if candidates else "name the folder that holds the .sql files themselves"


def _ranked(directories: Iterable[Path]) -> list[_Candidate]:
    found = {candidate.path: candidate for directory in directories for candidate in _candidates(directory)}
    return sorted(found.values(), key=lambda one: (one.foreign, not one.likely, -one.files, str(one.path)))


def _candidates(directory: Path) -> Iterator[_Candidate]:
    own: Counter[Path] = Counter()
    for folder, names in _folders(directory):
        if _IN_A_FOLDER_OF_ITS_OWN.intersection(names) and folder != directory:
            own[folder.parent] += 1
            continue
        found = _candidate(folder, len(names), directory)
        looks_like_it = [name for name in names if name.endswith(".up.sql") or _NUMBERED.match(name)]
        if looks_like_it or (names and found.likely):
            yield found
    for folder, count in own.items():
        yield _candidate(folder, count, directory)


def _candidate(folder: Path, files: int, directory: Path) -> _Candidate:
    likely = any(_LIKELY.search(part) for part in (folder.name, folder.parent.name))
    foreign = _OF_ANOTHER_DATABASE.search(str(folder.relative_to(directory))) is not None
    return _Candidate(folder, files, likely, foreign)


def _folders(directory: Path) -> Iterator[tuple[Path, list[str]]]:
    """Return each folder with the names of its ways forward."""
    base = len(directory.parts)
    for count, (folder, below, files) in enumerate(os.walk(directory)):
        if count >= _FOLDER_LIMIT:
            return
        deep = len(Path(folder).parts) - base >= _DEPTH
        below[:] = [] if deep else sorted(n for n in below if n not in _SKIPPED and not n.startswith("."))
        names = [name for name in files if name.endswith(".sql") and name != "down.sql"]
        ups = [name for name in names if name.endswith(".up.sql")]
        yield Path(folder), ups or forward(names)
