"""Byte edits on SQL text: what a fix is made of, so that comments and layout stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Puts `text` in place of the bytes from `start` to `end`, offsets in the text as UTF-8; equal to insert."""

    start: int
    end: int
    text: str

    def moved(self, by: int) -> Edit:
        """Return the edit for a text that stands this many bytes further on."""
        return Edit(self.start + by, self.end + by, self.text)


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits in one file that belong together; `title` says in the imperative what they do."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    """A replay has proved it."""

    def moved(self, by: int) -> Fix:
        """Return the fix for a text that stands this many bytes further on."""
        return Fix(self.title, tuple(edit.moved(by) for edit in self.edits), self.safe)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made; ValueError where two overlap or one lies outside.

    Insertions at one place keep the order in which they are given.
    """
    data = text.encode()
    parts: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not at <= edit.start <= edit.end <= len(data):
            raise ValueError(f"the edit at {edit.start} overlaps another, or lies outside of the text")
        parts += [data[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*parts, data[at:]]).decode()
