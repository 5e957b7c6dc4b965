"""Takes the Up part of a file that also holds the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def keep(text: str, leads_up: Callable[[str], bool | None]) -> str | None:
    """Return the text with everything outside of its Up sections blanked; None when no line opens one.

    `leads_up` says of a line whether it begins an Up section (True), ends one (False) or neither (None). Line
    breaks stay, and each other character becomes as many blanks as it has bytes in UTF-8: lines, columns and byte
    offsets of what is kept are those of the file.
    """
    up, found, kept = False, False, []
    for line in text.split("\n"):
        turn = leads_up(line)
        up = up if turn is None else turn
        found = found or up
        kept.append(line if up else _blank(line))
    return "\n".join(kept) if found else None


def line_of(text: str, offset: int) -> int:
    """Return the 1-based line of a character offset."""
    return text.count("\n", 0, offset) + 1


def _blank(line: str) -> str:
    return "".join("\r" if char == "\r" else " " * len(char.encode()) for char in line)
