"""What a layout of migrations is: which files, in which order, and which part of each is sent to the server."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from harness.errors import LadderError, Place

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

Part = int | str
Key = tuple[Part | tuple[Part, ...], ...]

_DOWN = re.compile(r"(?P<stem>.*?)(\.down|\.undo|[._-](down|undo|rollback|revert))\.sql$", re.IGNORECASE)


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
    """One layout. `takes` names its files, as a person would."""

    name: ClassVar[str]
    takes: ClassVar[str]

    @abstractmethod
    def recognise(self, folder: Folder) -> str:
        """Return why the folder is in this style; empty when it is not."""

    @abstractmethod
    def key(self, name: str) -> Key | None:
        """Return what the tool orders a file by; None when it does not run a file of this name."""

    def order(self, folder: Folder) -> list[str]:
        """Return the names of the files that are run, in order."""
        return self.sorted(folder.sql())

    def sorted(self, names: list[str]) -> list[str]:
        """Return those of the names that are run, in order; by name where the tool has no order."""
        keyed = [(key, name) for name in names if (key := self.key(name)) is not None]
        return [name for _, name in sorted(keyed)]

    def sidecar(self, name: str) -> str:
        """Return the name of the file that holds a migration's settings; empty when there is no such thing."""
        del name
        return ""

    def script(self, source: Source) -> Script:
        """Return what is sent; LadderError when the tool would refuse the file."""
        return Script(source.text)


def forward(names: list[str]) -> list[str]:
    """Leave out the ways back.

    Always x.down.sql; x_down.sql, x.rollback.sql and their like only where x.sql or x_up.sql stands beside them: a
    migration may be called scale_down.
    """
    there = set(names)
    return [name for name in names if not _is_way_back(name, there)]


def _is_way_back(name: str, there: set[str]) -> bool:
    found = _DOWN.fullmatch(name)
    if found is None:
        return False
    stem = found["stem"]
    ways = (f"{stem}{end}.sql" for end in ("", "_up", "-up", ".up"))
    return name.lower().endswith(".down.sql") or any(way in there for way in ways)


def without_section(source: Source, tool: str, annotation: str) -> LadderError:
    """Return the error for a file that has no Up section."""
    message = f"no line `{annotation}`: {tool} refuses this file"
    return LadderError(message, place=Place(str(source.path), 1), help="add the line, or move the file away")
