"""What a layout of migrations is: which files, in which order, and which part of each is sent to the server."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from harness.errors import LadderError, Place

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

Part = int | str
Key = tuple[Part | tuple[Part, ...], ...]

_DOWN = re.compile(r"(?P<stem>.*?)[._-](down|undo|rollback|revert)\.sql", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read; `sidecar` is the text of its settings' file, None without one."""

    path: Path
    text: str
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """What of a file its tool sends; same length and lines as the file.

    `transactional` is False where the tool sends it outside of a transaction block. `notes` say what differs
    from what the tool would do, one sentence each.
    """

    text: str
    transactional: bool = True
    notes: tuple[str, ...] = ()


class Style(ABC):
    """One layout. `takes` names its files, as a person would; `below` is True where they stand in folders below."""

    name: ClassVar[str]
    takes: ClassVar[str]
    below: ClassVar[bool] = False

    @abstractmethod
    def recognise(self, folder: Folder) -> str:
        """Return why the folder is in this style; empty when it is not."""

    @abstractmethod
    def key(self, name: str) -> Key | None:
        """Return what the tool orders a file by; None when it does not run a file of this name."""

    def order(self, folder: Folder) -> list[str]:
        """Return the names of the files that are run, in order."""
        return self.sorted(folder.sql(below=self.below))

    def sorted(self, names: list[str]) -> list[str]:
        """Return those of the names that are run, in order; by name where the tool has no order."""
        keyed = [(key, name) for name in names if (key := self.key(name)) is not None]
        return [name for _, name in sorted(keyed)]

    def remarks(self, names: list[str]) -> list[str]:
        """Return what a reader should know about this order, one sentence each."""
        del names
        return []

    def sidecar(self, name: str) -> str:
        """Return the name of the file that holds a migration's settings; empty when there is no such thing."""
        del name
        return ""

    def script(self, source: Source) -> Script:
        """Return what is sent; LadderError when the tool would refuse the file."""
        return Script(source.text)


def own_folder(name: str, file: str) -> str:
    """Return the folder that a migration has for itself; empty when it is not <folder>/<file>."""
    path = PurePosixPath(name)
    return path.parent.name if path.name == file and len(path.parts) == 2 else ""


def forward(names: list[str]) -> list[str]:
    """Leave out the ways back.

    Always down.sql and x.down.sql; x_down.sql, x.rollback.sql and their like only where x.sql or x_up.sql stands
    beside them: a migration may be called scale_down.
    """
    there = set(names)
    return [name for name in names if not _is_way_back(name, there)]


def _is_way_back(name: str, there: set[str]) -> bool:
    if f".{PurePosixPath(name).name}".lower().endswith(".down.sql"):
        return True
    found = _DOWN.fullmatch(name)
    return found is not None and any(f"{found['stem']}{end}.sql" in there for end in ("", "_up", "-up", ".up"))


def without_section(source: Source, tool: str, annotation: str) -> LadderError:
    """Return the error for a file that has no Up section."""
    message = f"no line `{annotation}`: {tool} refuses this file"
    return LadderError(message, place=Place(str(source.path), 1), help="add the line, or move the file away")
