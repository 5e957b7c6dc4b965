"""What `fix` found and made, as values."""

from __future__ import annotations

import difflib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from harness.ladder.model import Ladder
    from harness.replay.model import Replay
    from harness.sql.edits import Fix


_CHECKSUMS = {
    "flyway": ", until `flyway repair`",
    "sqlx": "",
}
"""Styles whose tool notices an edit, and what helps."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fix, and why it is there: what the statement did at the second boot before it.

    `line` and `statement` are those of the first statement that it changes, in the file as it was.
    """

    path: str
    line: int
    statement: int
    why: str
    fix: Fix


@dataclass(frozen=True, slots=True)
class FileFix:
    """One file before and after its fixes, as text without a byte order mark."""

    path: Path
    before: str
    after: str
    fixes: tuple[Fixed, ...]

    def diff(self, name: str) -> str:
        """Return the fixes as a unified diff of a file of this name."""
        before, after = (io.StringIO(text, newline="\n").readlines() for text in (self.before, self.after))
        lines = difflib.unified_diff(before, after, name, name)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is still wrong with the fixes in place, and what is known about it."""

    path: str
    line: int
    statement: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Fixes:
    """All that became of a ladder."""

    ladder: Ladder
    before: Replay
    after: Replay
    """The replay of the ladder with all fixes; the one before where there are none."""
    files: tuple[FileFix, ...] = ()
    """Those that change, in the ladder's order."""
    left: tuple[Left, ...] = ()
    unproved: str = ""
    """Why nothing may be written, although there are fixes; empty when they are proved."""

    trials: int = 0
    """How many plans were tried."""

    @property
    def proved(self) -> bool:
        """Whether all fixes together leave the cold boot as it was and make no later one worse."""
        return bool(self.files) and not self.unproved

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know before files are written, one sentence each."""
        if not self.files or self.ladder.style not in _CHECKSUMS:
            return ()
        refusal = "keeps checksums, and refuses applied migrations that were edited"
        return (f"{self.ladder.style} {refusal}{_CHECKSUMS[self.ladder.style]}",)

    @property
    def safe(self) -> bool:
        """Whether the ladder, with its fixes, survives a second boot and changes nothing in it."""
        return self.after.ok and not self.unproved
