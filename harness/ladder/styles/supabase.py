"""Supabase: supabase/migrations/<timestamp>_<name>.sql."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_NAME = re.compile(r"(\d+)_.*\.sql")
_OLD_INIT = re.compile(r"(\d{14})_init\.sql")
_OLD = 20211209000000


class Supabase(Style):
    """As in the Supabase CLI's pkg/migration/list.go (`ListLocalMigrations`): by name.

    A first file <timestamp>_init.sql from before 2021-12-09 is skipped, as there.
    """

    name = "supabase"
    takes = "<timestamp>_<name>.sql in supabase/migrations"

    def recognise(self, folder: Folder) -> str:
        """Say that the folder is where Supabase's CLI looks."""
        is_home = folder.root.resolve().parts[-2:] == ("supabase", "migrations")
        return "the folder is supabase/migrations" if is_home and self.order(folder) else ""

    def key(self, name: str) -> Key | None:
        """Return the name."""
        return (name,) if _NAME.fullmatch(name) else None

    def order(self, folder: Folder) -> list[str]:
        """Return the names without an old init file at their head."""
        names = self.sorted(folder.sql())
        first = _OLD_INIT.fullmatch(names[0]) if names else None
        return names[1:] if first and int(first[1]) < _OLD else names
