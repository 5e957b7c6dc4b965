"""sqlx: <version>_<name>.sql, or .up.sql with a .down.sql, in a crate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder.styles.style import Key, Script, Source, Style, forward

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_NAME = re.compile(r"(\d+)_.*(?<!\.down)\.sql")


class Sqlx(Style):
    """As in sqlx-core/src/migrate/source.rs (`resolve_blocking_with_config`), 0.8: by number.

    A file that begins with `-- no-transaction` is sent outside of a transaction block.
    """

    name = "sqlx"
    takes = "<version>_<name>.sql or <version>_<name>.up.sql"

    def recognise(self, folder: Folder) -> str:
        """Say that the names fit and a Cargo.toml is near."""
        names = folder.sql()
        fits = bool(names) and all(self.key(name) is not None for name in forward(names))
        return f"its files are named {self.takes}, in a crate" if fits and folder.above("Cargo.toml") else ""

    def key(self, name: str) -> Key | None:
        """Return the version."""
        found = _NAME.fullmatch(name)
        return (int(found[1]),) if found else None

    def script(self, source: Source) -> Script:
        """Return the whole file."""
        return Script(source.text, not source.text.startswith("-- no-transaction"))
