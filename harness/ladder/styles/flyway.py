"""Flyway: V<version>__<name>.sql once, then R__<name>.sql at each change."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from harness.ladder import sections
from harness.ladder.styles.style import Key, Script, Source, Style

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_NAME = re.compile(r"(?P<prefix>[VB])(?P<version>\d+(?:[._]\d+)*)(?:__.*)?\.(?i:sql)")
_REPEATABLE = re.compile(r"R__(?P<description>.*)\.(?i:sql)")
_NOT_IN_TRANSACTION = re.compile(
    r"^[ \t]*+executeInTransaction[ \t]*+[=:][ \t]*+false[ \t\r]*+$", re.IGNORECASE | re.MULTILINE
)
_PLACEHOLDER = re.compile(r"\$\{[^}\n]{1,200}\}")


class Flyway(Style):
    """As in Flyway 11's ResourceNameParser, MigrationVersion and ResolvedMigrationComparator, default settings.

    Folders below are read too. Versions are compared part by part, `1.10` after `1.9` and `1.0` as `1`; repeatable
    migrations come last, by description. On an empty database the newest baseline (B) stands for every version up
    to its own. U and callbacks are no part of the ladder.
    """

    name = "flyway"
    takes = "V<version>__<name>.sql and R__<name>.sql"
    below = True

    def recognise(self, folder: Folder) -> str:
        """Say which file has a version as Flyway writes it."""
        direct = folder.sql()
        names = direct or folder.sql(below=True)
        found = next((name for name in names if self.key(name) is not None), "")
        return found and f"{found} is named as Flyway's migrations are"

    def key(self, name: str) -> Key | None:
        """Return the version's numbers without trailing zeros, or the description of a repeatable one."""
        base = PurePosixPath(name).name
        if found := _NAME.fullmatch(base):
            numbers = [int(part) for part in re.split("[._]", found["version"])]
            while len(numbers) > 1 and not numbers[-1]:
                numbers.pop()
            return (0, *numbers)
        found = _REPEATABLE.fullmatch(base)
        return (1, found["description"].replace("_", " ")) if found else None

    def order(self, folder: Folder) -> list[str]:
        """Return what an empty database gets."""
        names = super().order(folder)
        newest = max((i for i, name in enumerate(names) if _is_baseline(name)), default=-1)
        if newest < 0:
            return names
        start = self.key(names[newest])
        return [names[newest], *(n for n in names[newest + 1 :] if self.key(n) != start and not _is_baseline(n))]

    def sidecar(self, name: str) -> str:
        """Return the script configuration's name."""
        return f"{name}.conf"

    def script(self, source: Source) -> Script:
        """Return the whole file; placeholders stay as they stand, with a note."""
        found = _PLACEHOLDER.search(source.text)
        note = f"line {sections.line_of(source.text, found.start())}: {found[0]} is not replaced" if found else ""
        transactional = _NOT_IN_TRANSACTION.search(source.sidecar or "") is None
        return Script(source.text, transactional, (note,) if note else ())


def _is_baseline(name: str) -> bool:
    return PurePosixPath(name).name.startswith("B")
