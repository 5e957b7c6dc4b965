"""A ladder of migrations, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.errors import LadderError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_VERSION = re.compile(r"\d{1,30}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a migration.

    `number` is its 1-based place in the file; `start` and `end` are byte offsets in the migration's text as
    UTF-8; lines and columns are 1-based, columns in characters. The semicolon is not part of it.
    """

    number: int
    line: int
    column: int
    end_line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Migration:
    """One file of a ladder; `text` is what a server sends, without a byte order mark."""

    name: str
    path: Path
    text: str

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The file's statements in order; LadderError where a quote or a comment has no end."""
        from harness.sql import parse  # noqa: PLC0415 - the parser is a heavy import

        data = self.text.encode()
        spans = enumerate(parse.split(self.text, str(self.path)), start=1)
        return tuple(
            Statement(n, s.line, s.column, s.end_line, s.start, s.end, data[s.start : s.end].decode())
            for n, s in spans
        )


@dataclass(frozen=True, slots=True)
class Ladder:
    """Migrations in the order in which they are applied."""

    root: Path
    style: str
    """golang-migrate (`*.up.sql` by number) or plain (`*.sql` by name)."""
    migrations: tuple[Migration, ...]
    notes: tuple[str, ...] = ()
    """What a reader should know about the choice, one sentence each."""

    def find(self, name: str) -> Migration | None:
        """Return the migration whose file has this basename."""
        return next((migration for migration in self.migrations if migration.name == name), None)

    def overlay(self, files: Mapping[str, Path]) -> Ladder:
        """Return the ladder with files replaced, or added, by basename, in order again."""
        named = {migration.name: migration for migration in self.migrations}
        named |= {name: load(path, name) for name, path in files.items()}
        return replace(self, migrations=ordered(named.values(), self.style))


def ordered(migrations: Iterable[Migration], style: str) -> tuple[Migration, ...]:
    """Return the migrations in their tool's order: golang-migrate's by number, others by name."""
    if style == "golang-migrate":
        return tuple(sorted(migrations, key=lambda migration: (version(migration.name), migration.name)))
    return tuple(sorted(migrations, key=lambda migration: migration.name))


def version(name: str) -> int:
    """Return the number with which a file's name begins, -1 without one."""
    found = _VERSION.match(name)
    return int(found.group()) if found else -1


def load(path: Path, name: str = "") -> Migration:
    """Read one migration; LadderError when it cannot be read, is no UTF-8 or holds a NUL byte."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LadderError(f"cannot read the migration: {error.strerror}", place=Place(str(path))) from None
    return Migration(name or path.name, path, _decode(data, path))


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
