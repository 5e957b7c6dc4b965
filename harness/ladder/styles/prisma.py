"""Prisma: <timestamp>_<name>/migration.sql beside a migration_lock.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style, own_folder

if TYPE_CHECKING:
    from harness.ladder.folder import Folder


class Prisma(Style):
    """As in prisma's packages/migrate/src/utils/listMigrations.ts: by the folders' names."""

    name = "prisma"
    takes = "*/migration.sql"
    below = True

    def recognise(self, folder: Folder) -> str:
        """Say that the folders hold a migration.sql each."""
        if folder.has("migration_lock.toml"):
            return "there is a migration_lock.toml"
        return f"its files are {self.takes}" if not folder.sql() and self.order(folder) else ""

    def key(self, name: str) -> Key | None:
        """Return the folder's name."""
        own = own_folder(name, "migration.sql")
        return (own,) if own else None
