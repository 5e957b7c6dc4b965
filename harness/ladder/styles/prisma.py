"""Prisma: <timestamp>_<name>/migration.sql beside a migration_lock.toml."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style

if TYPE_CHECKING:
    from harness.ladder.folder import Folder


class Prisma(Style):
    """As in prisma's packages/migrate/src/utils/listMigrations.ts: by the folders' names."""

    name = "prisma"
    takes = "*/migration.sql"

    def recognise(self, folder: Folder) -> str:
        """Say that the folders hold a migration.sql each."""
        if folder.has("migration_lock.toml"):
            return "there is a migration_lock.toml"
        return f"its files are {self.takes}" if not folder.sql() and self.order(folder) else ""

    def key(self, name: str) -> Key | None:
        """Return the folder's name."""
        path = PurePosixPath(name)
        return (path.parent.name,) if path.name == "migration.sql" and len(path.parts) == 2 else None

    def order(self, folder: Folder) -> list[str]:
        """Return the files in the folders below."""
        return self.sorted(folder.sql(below=True))
