"""golang-migrate: <version>_<name>.up.sql and its .down.sql."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_NAME = re.compile(r"(\d+)_.*\.up\.sql")


class GolangMigrate(Style):
    """As in golang-migrate's source/parse.go (`Regex`) and source/migration.go (`buildIndex`), v4: by number."""

    name = "golang-migrate"
    takes = "<version>_<name>.up.sql"

    def recognise(self, folder: Folder) -> str:
        """Say that every .up.sql file has a number."""
        ups = [name for name in folder.sql() if name.endswith(".up.sql")]
        is_numbered = bool(ups) and all(self.key(name) is not None for name in ups)
        return f"its files are named {self.takes}" if is_numbered else ""

    def key(self, name: str) -> Key | None:
        """Return the version."""
        found = _NAME.fullmatch(name)
        return (int(found[1]),) if found else None
