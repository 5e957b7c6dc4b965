"""A ladder of migrations, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder import psql, styles, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.ladder.styles import Style


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a migration.

    `number` is its 1-based place in the file; `start` and `end` are byte offsets in the migration's text as
    UTF-8, which are those in the file after a byte order mark; lines and columns are 1-based, columns in
    characters. The semicolon is not part of it.
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
    """One file of a ladder.

    `name` is its path in the ladder's folder, with slashes. `text` is what a server sends, without a byte order
    mark: where a file also holds the way back, that part is blanked, so that lines and offsets stay the file's.
    `transactional` is False where the tool sends the file outside of a transaction block. `notes` say what differs
    from what the tool would do, one sentence each.
    """

    name: str
    path: Path
    text: str
    transactional: bool = True
    notes: tuple[str, ...] = ()

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

    @property
    def stem(self) -> str:
        """The word by which logs name it: the file's name without its ending, or the folder's it has for itself."""
        path = PurePosixPath(self.name)
        if path.name in ("up.sql", "migration.sql") and path.parent.name:
            return path.parent.name
        return path.name.removesuffix(".sql").removesuffix(".up")

    def check(self) -> None:
        """Raise LadderError at what only psql reads: a backslash command, rows after COPY ... FROM stdin."""
        psql.refuse(self.text, str(self.path))


@dataclass(frozen=True, slots=True)
class Ladder:
    """Migrations in the order in which they are applied."""

    root: Path
    style: str
    """The name of one of `harness.ladder.styles.STYLES`."""
    migrations: tuple[Migration, ...]
    notes: tuple[str, ...] = ()
    """What a reader should know about the choice, one sentence each."""
    why: str = ""
    """Why this style was taken."""

    def find(self, name: str) -> Migration | None:
        """Return the migration of this name."""
        return next((migration for migration in self.migrations if migration.name == name), None)

    def check(self) -> None:
        """Raise LadderError at the first place that only psql reads; see `Migration.check`."""
        for migration in self.migrations:
            migration.check()

    def overlay(self, files: Mapping[str, Path]) -> Ladder:
        """Return the ladder with files replaced or added.

        `files` are by their path in a container, or by name. A path that ends in a migration's name replaces it.
        The others are added under their basename: in order where the style takes such a name, else in front.
        """
        style = styles.named(self.style)
        named = {migration.name: migration for migration in self.migrations}
        for target, path in files.items():
            name = next((n for n in named if f"/{target}".endswith(f"/{n}")), PurePosixPath(target).name)
            is_taken = name in named or style.key(name) is not None
            named[name] = load(path, name, style if is_taken else None)
        if len(named) == len(self.migrations):
            return replace(self, migrations=tuple(named.values()))
        others = [name for name in named if style.key(name) is None]
        return replace(self, migrations=tuple(named[name] for name in (*others, *style.sorted(list(named)))))


def load(path: Path, name: str = "", style: Style | None = None) -> Migration:
    """Read one migration as a style does; without one the whole file.

    LadderError when it cannot be read, is no UTF-8, holds a NUL byte, or the style's tool would refuse it.
    """
    name = name or path.name
    whole = text.read(path)
    if style is None:
        return Migration(name, path, whole)
    beside = path.parent / PurePosixPath(style.sidecar(name)).name
    sidecar = text.read(beside) if beside.is_file() else None
    script = style.script(styles.Source(path, whole, sidecar))
    return Migration(name, path, script.text, script.transactional, script.notes)
