"""What `fix` found and made, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.ladder.model import Ladder
    from harness.replay.model import Replay
    from harness.sql.edits import Fix


@dataclass(frozen=True)
class FileFix:
    """The fixes of one file, and its text with all of them."""

    name: str
    before: str
    after: str
    fixes: Sequence[Fixed]


@dataclass(frozen=True)
class Fixed:
    """One statement's fix and why it is there; `line` and `statement` are those of the file as it was."""

    path: str
    line: int
    statement: int
    why: str
    fix: Fix


@dataclass(frozen=True)
class Left:
    """What is still wrong after all fixes, and why nothing was done about it."""

    path: str
    line: int
    statement: int
    what: str
    why: str


@dataclass(frozen=True)
class Fixes:
    """All that became of a ladder."""

    ladder: Ladder
    before: Replay
    after: Replay | None
    """The replay of the fixed ladder; None when nothing was fixed."""
    files: Sequence[FileFix]
    left: Sequence[Left]
    proved: bool
    """The files' fixes, together, leave the cold boot as it was and no boot worse."""
