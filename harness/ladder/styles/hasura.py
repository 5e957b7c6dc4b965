"""Hasura: <milliseconds>_<name>/up.sql and down.sql."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style, own_folder

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_FOLDER = re.compile(r"(\d+)_.*")
_MILLISECONDS = 13


class Hasura(Style):
    """As in the Hasura CLI v2's migrate/source/parse.go and file/file.go: by number.

    A version is the time in milliseconds since 1970, 13 digits; that tells it from Diesel's where there is no
    config.yaml above.
    """

    name = "hasura"
    takes = "<milliseconds>_<name>/up.sql"
    below = True

    def recognise(self, folder: Folder) -> str:
        """Say what tells the folders from Diesel's."""
        names = [] if folder.sql() else self.order(folder)
        if not names:
            return ""
        if all(len(name.partition("_")[0]) == _MILLISECONDS for name in names):
            return f"its files are {self.takes}"
        return "its files are */up.sql below a config.yaml" if folder.above("config.yaml") else ""

    def key(self, name: str) -> Key | None:
        """Return the version."""
        found = _FOLDER.fullmatch(own_folder(name, "up.sql"))
        return (int(found[1]),) if found else None
