"""The ladder as it was in a commit: laid out in a temporary folder, and named by its place in the repository."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness.errors import LadderError, Place
from harness.git import Commit, Entry, Repository
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder

_LINK = "120000"
_LARGE = 1 << 20
"""Bytes; of files that are no SQL, larger ones are left out: no style looks into such a file."""


def ladder_at(repository: Repository, commit: Commit, style: str | None) -> Ladder:
    """Return the ladder in a commit; without a style, of the one that is guessed there.

    Its paths are those in the repository. LadderError when there is none, or none that can be read.
    """
    entry = repository.entry(commit)
    if entry is None:
        raise LadderError(f"there is no such folder in {commit.short}", place=Place(repository.path))
    with _laid_out(repository, commit, entry, with_surroundings=style is None) as top:
        try:
            ladder = find_ladder(top / repository.path, style)
        except LadderError as error:
            raise _moved(error, top) from None
    moved = tuple(replace(found, path=found.path.relative_to(top)) for found in ladder.migrations)
    return replace(ladder, root=ladder.root.relative_to(top), migrations=moved)


@contextmanager
def _laid_out(repository: Repository, commit: Commit, entry: Entry, *, with_surroundings: bool) -> Iterator[Path]:
    """Give a folder that stands for the top of the repository, with the ladder in it."""
    with tempfile.TemporaryDirectory(prefix="bootsmoke-") as name:
        top = Path(name).resolve()
        (top / ".git").mkdir()
        try:
            if with_surroundings:
                _lay_surroundings(repository, commit, top)
            _lay(repository, entry, top)
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else error
            place = Place(repository.path)
            raise LadderError(f"cannot lay out the ladder of {commit.short}: {what}", place=place) from None
        yield top


def _lay_surroundings(repository: Repository, commit: Commit, top: Path) -> None:
    """Make the files beside and above the ladder's folder, empty: some styles are known by their names."""
    for folder in Path(repository.path).parents:
        tree = f"{commit.sha}:{'' if folder == Path() else folder.as_posix()}"
        (top / folder).mkdir(parents=True, exist_ok=True)
        for entry in repository.entries(tree):
            if entry.kind == "blob" and entry.name != Path(repository.path).name:
                _target(top / folder, entry).touch()


def _lay(repository: Repository, entry: Entry, top: Path) -> None:
    root = top / repository.path
    root.parent.mkdir(parents=True, exist_ok=True)
    if entry.kind == "blob":
        root.write_bytes(next(repository.contents([entry.id])))
        return
    root.mkdir(exist_ok=True)
    files = [found for found in repository.entries(entry.id, below=True) if found.kind == "blob"]
    # Links come last: nothing is ever written through one.
    files.sort(key=lambda found: found.mode == _LINK)
    for file, content in zip(files, repository.contents([file.id for file in files]), strict=True):
        _write(_target(root, file), file, content)


def _write(path: Path, file: Entry, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.mode == _LINK:
        path.symlink_to(content.decode(errors="surrogateescape"))
    elif len(content) <= _LARGE or path.suffix.lower() == ".sql":
        with path.open("xb") as opened:
            opened.write(content)


def _target(folder: Path, entry: Entry) -> Path:
    """Return where an entry of a tree goes; ValueError for a name that leads elsewhere, which git never makes."""
    parts = entry.name.split("/")
    if any(part.lower() in ("", ".", "..", ".git") for part in parts):
        raise ValueError(f"git would not check out a file of the name {entry.name!r}")
    return folder.joinpath(*parts)


def _moved(error: LadderError, top: Path) -> LadderError:
    """Return an error with its paths as they are in the repository."""
    place = error.place and replace(error.place, path=_within(error.place.path, top))
    return LadderError(_within(error.message, top), place=place, help=_within(error.help, top))


def _within(text: str, top: Path) -> str:
    return text.replace(f"{top}/", "").replace(str(top), ".")
