"""Lays out ladders in temporary folders, and looks at what is found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.ladder.discover import find_ladder

if TYPE_CHECKING:
    from pathlib import Path

    from harness.ladder.model import Migration


def lay(folder: Path, *names: str, **texts: str) -> Path:
    """Write files of one statement each, in folders where the names say so; `texts` are by name without .sql."""
    contents = dict.fromkeys(names, "select 1;\n") | {f"{name}.sql": text for name, text in texts.items()}
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def names(folder: Path, style: str | None = None) -> list[str]:
    """Return the names of the ladder in a folder, in its order."""
    return [migration.name for migration in find_ladder(folder, style).migrations]


def styled(folder: Path) -> tuple[str, list[str]]:
    """Return the style that is guessed, and the names in its order."""
    return find_ladder(folder).style, names(folder)


def only(folder: Path, style: str | None = None) -> Migration:
    """Return the one migration of a folder."""
    (migration,) = find_ladder(folder, style).migrations
    return migration


def placed(migration: Migration) -> list[tuple[int, str]]:
    """Return line and text of each statement, after a look that the byte offsets are those in the file."""
    data = migration.path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    for statement in migration.statements:
        assert data[statement.start : statement.end].decode() == statement.text
    return [(statement.line, statement.text) for statement in migration.statements]
