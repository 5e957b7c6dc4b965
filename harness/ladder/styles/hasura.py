"""Hasura: <milliseconds>_<name>/up.sql and down.sql."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Style

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

    def recognise(self, folder: Folder) -> str:
        """Say what tells the folders from Diesel's."""
        names = [] if folder.sql() else self.order(folder)
        if not names:
            return ""
        in_milliseconds = all(len(name.partition("_")[0]) == _MILLISECONDS for name in names)
        config = folder.above("config.yaml")
        return (
            f"its files are {self.takes}"
            if in_milliseconds
            else config and f"its files are */up.sql below {config}"
        )

    def key(self, name: str) -> Key | None:
        """Return the version."""
        path = PurePosixPath(name)
        found = _FOLDER.fullmatch(path.parent.name) if path.name == "up.sql" and len(path.parts) == 2 else None
        return (int(found[1]),) if found else None

    def order(self, folder: Folder) -> list[str]:
        """Return the files in the folders below."""
        return self.sorted(folder.sql(below=True))
