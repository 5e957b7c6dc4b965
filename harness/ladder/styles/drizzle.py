"""Drizzle: *.sql with meta/_journal.json, or <timestamp>_<name>/migration.sql."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.errors import LadderError, Place
from harness.ladder.styles.style import Key, Script, Source, Style, own_folder

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_JOURNAL = "meta/_journal.json"
_BREAK = "--> statement-breakpoint"


class Drizzle(Style):
    """As in drizzle-orm/src/migrator.ts (`readMigrationFiles`): 0.x by the journal, 1.0 by the folders' names.

    The tool cuts a file at each `--> statement-breakpoint`; here the mark becomes a semicolon and a comment of the
    same length, so that statements without a semicolon before it stay apart.
    """

    name = "drizzle"
    takes = f"*.sql listed in {_JOURNAL}, or */migration.sql beside a snapshot.json"

    def recognise(self, folder: Folder) -> str:
        """Say where Drizzle's own record stands."""
        if folder.only:
            return f"it has a `{_BREAK}`" if _BREAK in folder.peek(folder.only) else ""
        if folder.has(_JOURNAL):
            return f"there is a {_JOURNAL}"
        snapshot = next((n for n in _folders(folder) if folder.has(f"{PurePosixPath(n).parent}/snapshot.json")), "")
        return snapshot and f"a snapshot.json stands beside {snapshot}"

    def key(self, name: str) -> Key | None:
        """Return the folder's name; flat files are ordered by the journal alone."""
        own = own_folder(name, "migration.sql")
        return (own,) if own else None

    def order(self, folder: Folder) -> list[str]:
        """Return the journal's files, in its order; LadderError when one is missing or the journal is broken."""
        if not folder.has(_JOURNAL):
            return self.sorted(_folders(folder))
        place = Place(str(folder.root / _JOURNAL))
        try:
            names = [f"{entry['tag']}.sql" for entry in json.loads(folder.peek(_JOURNAL))["entries"]]
        except (ValueError, LookupError, TypeError):
            raise LadderError("not a journal of Drizzle", place=place, help="generate it again") from None
        missing = next((name for name in names if not folder.has(name)), None)
        if missing is not None:
            raise LadderError(f"lists {missing}, which is not there", place=place, help="restore the file")
        return names

    def script(self, source: Source) -> Script:
        """Return the file with its breakpoints as semicolons."""
        return Script(source.text.replace(_BREAK, ";" + _BREAK[:2] + _BREAK[3:]))


def _folders(folder: Folder) -> list[str]:
    return [] if folder.sql() else folder.sql(below=True)
