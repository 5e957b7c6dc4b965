"""sql-migrate: *.sql with `-- +migrate Up` and `-- +migrate Down`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder import sections
from harness.ladder.styles.style import Key, Script, Source, Style, without_section

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_COMMAND = "-- +migrate "
_UP = re.compile(r"^-- \+migrate Up\b", re.MULTILINE)
_NO_TRANSACTION = re.compile(r"^-- \+migrate Up\b.*\bnotransaction\b", re.MULTILINE)
_NUMBER = re.compile(r"\d+")


class SqlMigrate(Style):
    """As in sql-migrate's migrate.go (`Migration.Less`) and sqlparse/sqlparse.go.

    Names that begin with a number go first, by number and then by name; the others follow by name. Up and Down
    may take turns; StatementBegin and StatementEnd are comments here.
    """

    name = "sql-migrate"
    takes = "*.sql with a line `-- +migrate Up`"

    def recognise(self, folder: Folder) -> str:
        """Say which file holds an annotation of sql-migrate."""
        found = next((name for name in folder.sql() if _UP.search(folder.peek(name))), "")
        return found and f"{found} has a line `-- +migrate Up`"

    def key(self, name: str) -> Key | None:
        """Return number and name."""
        if not name.endswith(".sql"):
            return None
        found = _NUMBER.match(name)
        return (0, int(found[0]), name) if found else (1, 0, name)

    def script(self, source: Source) -> Script:
        """Return the Up sections; the option notransaction stands on the line of one."""
        text = sections.keep(source.text, _leads_up)
        if text is None:
            raise without_section(source, "sql-migrate", "-- +migrate Up")
        return Script(text, _NO_TRANSACTION.search(text) is None)


def _leads_up(line: str) -> bool | None:
    words = line.removeprefix(_COMMAND).split() if line.startswith(_COMMAND) else []
    return {"Up": True, "Down": False}.get(words[0]) if words else None
