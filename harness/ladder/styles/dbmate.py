"""dbmate: <version>_<name>.sql with `-- migrate:up` and `-- migrate:down`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder import sections
from harness.ladder.styles.style import Key, Script, Source, Style, without_section

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_UP = re.compile(r"^--\s*migrate:up(\s*$|\s+\S+)", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]+--\s*migrate:(?:up|down)\b", re.MULTILINE)
_TURN = re.compile(r"\s*--\s*migrate:(?P<way>up|down)(?P<options>\s.*)?")
_NO_TRANSACTION = re.compile(r"^--\s*migrate:up\b.*\btransaction:false\b", re.MULTILINE)
_NAME = re.compile(r"\d+.*\.sql")

_NOTE = "an indented `-- migrate:` line is read as it was meant: dbmate 2 takes it for a comment, and reads on"


class Dbmate(Style):
    """As in dbmate's pkg/dbmate/db.go (`FindMigrations`) and migration.go, v2.

    Files whose names begin with a digit, by name. A section with `transaction:false` is sent as it is, outside of
    a transaction block.
    """

    name = "dbmate"
    takes = "<version>_<name>.sql with a line `-- migrate:up`"

    def recognise(self, folder: Folder) -> str:
        """Say which file holds an annotation of dbmate."""
        found = next((name for name in folder.sql() if _UP.search(folder.peek(name))), "")
        return found and f"{found} has a line `-- migrate:up`"

    def key(self, name: str) -> Key | None:
        """Return the name."""
        return (name,) if _NAME.fullmatch(name) else None

    def script(self, source: Source) -> Script:
        """Return the up sections."""
        text = sections.keep(source.text, _leads_up)
        if text is None:
            raise without_section(source, "dbmate", "-- migrate:up")
        notes = (_NOTE,) if _INDENTED.search(source.text) else ()
        return Script(text, _NO_TRANSACTION.search(text) is None, notes)


def _leads_up(line: str) -> bool | None:
    found = _TURN.fullmatch(line)
    return found["way"] == "up" if found else None
