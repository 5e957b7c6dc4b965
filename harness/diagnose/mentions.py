"""Which migration a server's log names as the one that failed: by file, by the file's stem, or by version."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.ladder.model import Ladder, Migration


class Role(StrEnum):
    """What a log says of the migration that it names."""

    FAILED = "failed"
    """The complaint itself names it, or the trace below does."""
    BEGUN = "begun"
    """It was begun, and no other was named since."""
    NAMED = "named"
    """It was named last, whatever that means."""
    DONE = "done"
    """It was done: another one failed."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A migration that the log names."""

    migration: Migration
    role: Role


_TOKEN = re.compile(r"[\w.-]{1,200}")
_LONG_VERSION = re.compile(r"(?<!\d)\d{8,20}(?!\d)")
"""A version that is a time means its migration wherever it stands."""
_SHORT_VERSION = re.compile(
    r"""\b(?:version|migration|changeset|revision)\b[\s"'=:#(]{1,4}v?(\d{1,7}(?:[._]\d{1,7}){0,4})(?![\w-])"""
    r"""(?!\s*(?:of|/)\s*\d)|(?<![\w./])(\d{1,7})/u\b""",
    re.IGNORECASE,
)
_OF_A_LADDER = re.compile(r"migrat|schema|dirty|/u\b", re.IGNORECASE)
_OF_A_PROGRAM = re.compile(r"postgres(?:ql)? |server version|driver|flyway [a-z]+ edition", re.IGNORECASE)
_STEM_VERSION = re.compile(r"^[VU]?(\d{1,20}(?:[._]\d{1,7}(?!\d)){0,4})(?=[_.-]|$)", re.IGNORECASE)

_BELONGS = re.compile(
    r"^(?:\s+\S|at |from |/\S{1,300}:\d{1,6}:in |File |\[SQL|\[Failed SQL|\^|-{8,}"
    r"|(?:DETAIL|HINT|CONTEXT|LINE \d|Location|Line|Statement|SQL State|Error Code|Message|Position|Reason"
    r"|Migration(?: name)?|Caused by|Database error(?: code)?)\s{0,4}:)"
)
"""Lines below a complaint that belong to it: traces and fields."""
_LISTED = re.compile(r"applied|pending|executed|completed", re.IGNORECASE)
"""What begins a list of migrations that did not fail, as some tools print it with the error."""
_REACH = 60
_LOOKED_BACK = 10_000

_DONE = re.compile(
    r"\bOK\b|\bok\b|\bdone\b|\bapplied\b|success|finished|completed|: migrated|\bmigrated\b|[✓✔]"
    r"|\b(?:in|after) \d{1,9}(?:\.\d{1,9})? ?(?:ms|s|µs)\b|\(\d{1,9}(?:\.\d{1,9})? ?(?:ms|s|µs)\)",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"apply|migrating|running|executing|upgrad|start|begin|install|fail", re.IGNORECASE)


def mention(ladder: Ladder, lines: Sequence[str], index: int | None) -> Mention | None:
    """Return the migration that the log names nearest to the line that decided; None where it names none.

    Lines of the complaint itself go first, then 10,000 above it. Of a line that names several, as lists of what is
    to be done do, nothing is believed.
    """
    book = _Book(ladder.migrations)
    at = len(lines) - 1 if index is None else index
    for line in _complaint(lines, at):
        found = book.on(line)
        if found is not None:
            return Mention(found, Role.FAILED)
    for line in reversed(lines[max(0, at - _LOOKED_BACK) : at]):
        found = book.on(line)
        if found is not None:
            return Mention(found, role_of(line))
    return None


def role_of(line: str) -> Role:
    """Return what a line says of the migration that it names, by the verbs that migration tools use."""
    if _DONE.search(line):
        return Role.DONE
    return Role.BEGUN if _BEGUN.search(line) else Role.NAMED


def _complaint(lines: Sequence[str], at: int) -> Iterator[str]:
    """Yield the line that decided, those below that belong to it, and those above that it belongs to."""
    if not lines:
        return
    yield lines[at]
    yield from _below(lines, at)
    above = at
    while above > max(0, at - _REACH) and lines[above][:1].isspace():
        above -= 1
        yield lines[above]


def _below(lines: Sequence[str], at: int) -> Iterator[str]:
    for line in lines[at + 1 : at + 1 + _REACH]:
        if line.strip() and (not _BELONGS.match(line) or _LISTED.search(line)):
            return
        yield line


class _Book:
    """The words by which a log may name each migration of a ladder."""

    def __init__(self, migrations: Sequence[Migration]) -> None:
        self._names: dict[str, set[Migration]] = defaultdict(set)
        self._versions: dict[str, set[Migration]] = defaultdict(set)
        for migration in migrations:
            stem = migration.stem.lower()
            self._names[PurePosixPath(migration.name).name.lower()].add(migration)
            if any(map(str.isdigit, stem)) and any(map(str.isalpha, stem)):
                self._names[stem].add(migration)
            if version := _STEM_VERSION.match(stem):
                self._versions[_plain(version[1])].add(migration)

    def on(self, line: str) -> Migration | None:
        """Return the one migration that a line names."""
        text = line[:8192].rpartition("->")[2]  # Alembic: Running upgrade BEFORE -> AFTER, message
        found = self._named(text) or self._numbered(text)
        return next(iter(found)) if len(found) == 1 else None

    def _named(self, text: str) -> set[Migration]:
        found: set[Migration] = set()
        for token in _TOKEN.findall(text.lower()):
            word = token.strip(".-")
            for part in (word, *word.split(".")):
                found |= self._names.get(part, set())
        return found

    def _numbered(self, text: str) -> set[Migration]:
        numbers = _LONG_VERSION.findall(text)
        if _OF_A_LADDER.search(text) and not _OF_A_PROGRAM.search(text):
            numbers += [one or other for one, other in _SHORT_VERSION.findall(text)]
        return {migration for number in numbers for migration in self._versions.get(_plain(number), ())}


def _plain(version: str) -> str:
    """Return a version without what tools write differently: `1.02` is `1_2`."""
    return ".".join(part.lstrip("0") or "0" for part in re.split(r"[._]", version))
