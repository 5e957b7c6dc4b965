"""Which statements of a ladder stand in a server's log, as text, as a part of it, or as a line's number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.ladder.model import Ladder, Migration, Statement

_ABOVE, _BELOW = 60, 60
_LINE_LIMIT = 65_536
_SHORTEST = 12
"""Characters without white space; a shorter statement may stand in a log by chance."""
_SHORTEST_PART = 8

_PART = re.compile(r"^\s{0,80}[^\W\d_]{1,8}\s?\d{1,9}\s?:\s(?P<text>.*)$")
"""How libpq shows where in a statement an error is, `LINE 3: ...` in any language; what it cuts away is `...`."""
_VALUES = re.compile(r"(?:row contains |\([^()]{1,400}\)=)\([^()]{1,4000}\)")
_LINES = (
    re.compile(r"psql:[^\s:]{1,300}:(\d{1,9}): "),
    re.compile(r"^\s{0,20}Line {1,12}: (\d{1,9})\s*$"),  # Flyway
    re.compile(r" in line ([1-9]\d{0,8}): "),  # golang-migrate; 0 where Postgres gave no position
    re.compile(r"^Error: line: ([1-9]\d{0,8}), column: "),  # dbmate
)


def printed(ladder: Ladder, lines: Sequence[str], index: int | None) -> dict[str, tuple[Statement, ...]]:
    """Return, by file name, the statements that the log shows around the line that decided.

    White space and the escapes of JSON do not count. A statement whose text is only a part of a longer one that is
    shown, too, is left out.
    """
    text = _squeezed("".join(_around(lines, index)))
    found = [
        (migration, statement, squeezed)
        for migration in ladder.migrations
        for statement in migration.statements
        if len(squeezed := _squeezed(statement.text)) >= _SHORTEST and squeezed in text
    ]
    texts = {squeezed for *_, squeezed in found}
    whole = [(m, s) for m, s, squeezed in found if not any(squeezed != t and squeezed in t for t in texts)]
    return _by_file(whole)


def parted(ladder: Ladder, lines: Sequence[str], index: int | None) -> dict[str, tuple[Statement, ...]]:
    """Return, by file name, the statements that hold the line of SQL which libpq shows with an error."""
    shown = next((found["text"] for line in _below(lines, index) if (found := _PART.match(line))), "")
    part = _squeezed(shown.strip().removeprefix("...").removesuffix("...")).rstrip(";")
    if len(part) < _SHORTEST_PART:
        return {}
    return _by_file(
        (migration, statement)
        for migration in ladder.migrations
        for statement in migration.statements
        if part in _squeezed(statement.text)
    )


def at_line(migration: Migration, lines: Sequence[str], index: int | None) -> Statement | None:
    """Return the statement at the line of the file that the log names, if it names one."""
    numbers = (found[1] for line in _below(lines, index) for shape in _LINES if (found := shape.search(line)))
    number = next(numbers, None)
    if number is None:
        return None
    begun = [statement for statement in migration.statements if statement.line <= int(number)]
    return begun[-1] if begun else None


def detail(lines: Sequence[str], index: int | None) -> str:
    """Return the DETAIL of an error as far as it tells values: drivers print it below the message, or in it."""
    return next((found.group() for line in _below(lines, index) if (found := _VALUES.search(line))), "")


def _around(lines: Sequence[str], index: int | None) -> Iterable[str]:
    at = len(lines) - 1 if index is None else index
    return (line[:_LINE_LIMIT] for line in lines[max(0, at - _ABOVE) : at + _BELOW])


def _below(lines: Sequence[str], index: int | None) -> Iterable[str]:
    at = len(lines) - 1 if index is None else index
    return (line[:_LINE_LIMIT] for line in lines[max(0, at) : at + 16])


def _by_file(found: Iterable[tuple[Migration, Statement]]) -> dict[str, tuple[Statement, ...]]:
    files: dict[str, tuple[Statement, ...]] = {}
    for migration, statement in found:
        files[migration.name] = (*files.get(migration.name, ()), statement)
    return files


def _squeezed(text: str) -> str:
    """Return a text without white space, and without the escapes with which JSON and Go write it."""
    plain = text.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ").replace('\\"', '"')
    return "".join(plain.split())
