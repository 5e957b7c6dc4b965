"""Reads SQL files as text, and refuses what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import files
from harness.errors import LadderError, Place

if TYPE_CHECKING:
    from pathlib import Path


LARGEST = 64 * files.MIB
"""Bytes of a migration: the guard takes minutes for as much, and nobody reviews it."""


def read(path: Path) -> str:
    """Return a file's text without a byte order mark.

    LadderError when it cannot be read, is larger than 64 MiB, is no UTF-8 or holds a NUL byte; in the last two
    cases with line and column.
    """
    try:
        data = files.read(path, LARGEST)
    except OSError as error:
        raise LadderError(f"cannot read the migration: {error.strerror}", place=Place(str(path))) from None
    return _decode(data, path)


def _decode(data: bytes, path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
        bad = data.find(b"\0")
        what = "a NUL byte: Postgres would read no further"
    except UnicodeDecodeError as error:
        text, bad, what = "", error.start, "not UTF-8"
    if bad < 0:
        return text
    column = len(data[data.rfind(b"\n", 0, bad) + 1 : bad].decode(errors="replace")) + 1
    place = Place(str(path), data.count(b"\n", 0, bad) + 1, column)
    raise LadderError(what, place=place, help="save the file as UTF-8")
