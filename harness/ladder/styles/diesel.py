"""Diesel: <version>_<name>/up.sql and down.sql."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Script, Source, Style, own_folder

if TYPE_CHECKING:
    from harness.ladder.folder import Folder


class Diesel(Style):
    """As in diesel_migrations 2's file_based_migrations.rs and migrations_internals (`version_from_string`).

    By the folder's name up to the first `_`, without its dashes, as text. A metadata.toml that is read and does not
    say `run_in_transaction = true` turns the transaction off; one that is broken counts as none.
    """

    name = "diesel"
    takes = "*/up.sql"
    below = True

    def recognise(self, folder: Folder) -> str:
        """Say that the folders hold an up.sql each."""
        return f"its files are {self.takes}" if not folder.sql() and self.order(folder) else ""

    def key(self, name: str) -> Key | None:
        """Return the version."""
        own = own_folder(name, "up.sql")
        return (own.partition("_")[0].replace("-", ""),) if own else None

    def sidecar(self, name: str) -> str:
        """Return the name of the migration's metadata."""
        return f"{PurePosixPath(name).parent}/metadata.toml"

    def script(self, source: Source) -> Script:
        """Return the whole file."""
        return Script(source.text, source.sidecar is None or _runs_in_transaction(source.sidecar))


def _runs_in_transaction(metadata: str) -> bool:
    try:
        return bool(tomllib.loads(metadata).get("run_in_transaction", False))
    except tomllib.TOMLDecodeError:
        return True
