"""goose: <version>_<name>.sql with `-- +goose Up` and `-- +goose Down`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.ladder import sections
from harness.ladder.styles.style import Key, Script, Source, Style, without_section

if TYPE_CHECKING:
    from harness.ladder.folder import Folder

_ANNOTATION = re.compile(r"--[ \t-]*\+goose[ \t]+(?P<word>.*)", re.IGNORECASE)
_UP = re.compile(r"^--[ \t]*\+goose[ \t]+up\b", re.IGNORECASE | re.MULTILINE)
_DOWN = re.compile(r"^--[ \t]*\+goose[ \t]+down\b", re.IGNORECASE | re.MULTILINE)
_NO_TRANSACTION = re.compile(r"^--[ \t]*\+goose[ \t]+no transaction\s*$", re.IGNORECASE | re.MULTILINE)
_ENVSUB = re.compile(r"^--[ \t]*\+goose[ \t]+envsub on\s*$", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"(\d+)_.*\.sql")


class Goose(Style):
    """As in goose's migration.go (`NumericComponent`, `Migrations.Less`) and internal/sqlparser/parser.go, v3.

    By the number before the first `_`; `Down` is the rest of the file. StatementBegin and StatementEnd are
    comments here: the real parser needs no help to find a function's end.
    """

    name = "goose"
    takes = "<version>_<name>.sql with a line `-- +goose Up`"

    def recognise(self, folder: Folder) -> str:
        """Say which file holds an annotation of goose."""
        found = next((name for name in folder.sql() if _UP.search(folder.peek(name))), "")
        return found and f"{found} has a line `-- +goose Up`"

    def key(self, name: str) -> Key | None:
        """Return the version; goose refuses 0."""
        found = _NAME.fullmatch(name)
        return (int(found[1]),) if found and int(found[1]) > 0 else None

    def script(self, source: Source) -> Script:
        """Return the Up section; NO TRANSACTION stands anywhere in the file."""
        text = sections.keep(source.text, _leads_up)
        if text is None:
            raise without_section(source, "goose", "-- +goose Up")
        envsub = _ENVSUB.search(_DOWN.split(source.text, maxsplit=1)[0])
        note = f"line {sections.line_of(source.text, envsub.start())}: ENVSUB is not carried out" if envsub else ""
        return Script(text, _NO_TRANSACTION.search(source.text) is None, (note,) if note else ())


def _leads_up(line: str) -> bool | None:
    found = _ANNOTATION.match(line)
    return {"up": True, "down": False}.get(found["word"].strip().lower()) if found else None
