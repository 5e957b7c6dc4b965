r"""Postgres's own server log, as records.

The grammar, as the stderr format writes it (Postgres 10 to 18, elog.c; seen on 16.14)::

    PREFIX SEVERITY:  [SQLSTATE: ]MESSAGE[ at character N]
    PREFIX DETAIL|HINT|QUERY|CONTEXT|LOCATION|BACKTRACE|STATEMENT:  TEXT
    \tthe next line of the MESSAGE or TEXT above

PREFIX is `log_line_prefix` (`%m [%p] ` by default; `%e` in it is the SQLSTATE); the process id in brackets keeps
the lines of two sessions apart. A position belongs to the QUERY where there is one (a query inside of a
function), else to the STATEMENT. A server with another `lc_messages` translates the words: those of its
translations (Postgres 15, src/backend/po) are read as the English ones; the message itself stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.diagnose import messages
from harness.diagnose.translations import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.engine.model import LogLine


@dataclass(frozen=True, slots=True)
class Record:
    """One ERROR, FATAL or PANIC of the server; empty strings and None for what the log does not give."""

    at: float
    severity: str
    message: str
    sqlstate: str
    """As logged, else as the message's English text implies."""
    position: int | None
    """The 1-based character in `query` if there is one, else in `statement`."""
    fields: dict[str, str]
    """What stood below it: DETAIL, HINT, QUERY, CONTEXT, STATEMENT."""

    @property
    def statement(self) -> str:
        """What the client had sent, as one simple query or one prepared statement."""
        return self.fields.get("STATEMENT", "")

    @property
    def statement_position(self) -> int | None:
        """The position, where it is one in the statement itself."""
        return None if "QUERY" in self.fields else self.position


_FAILURES = ("ERROR", "FATAL", "PANIC")
_FIELDS = ("DETAIL", "HINT", "QUERY", "CONTEXT", "LOCATION", "BACKTRACE", "STATEMENT")
_WORD = rf"(?P<word>[A-Z][A-Z0-9]{{2,9}}|{'|'.join(sorted(ENGLISH, key=len, reverse=True))}) ?:  "
_LINE = re.compile(rf"^(?P<prefix>[^\t].{{0,300}}?|){_WORD}(?P<text>.*)$")
_OWN = re.compile(rf"^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d.{{0,200}}?\[\d{{1,10}}(?:-\d{{1,10}})?\].{{0,200}}?{_WORD}")
_GOES_ON = re.compile(r"^(?:\t| {4,16}(?=\S))(?!at |\.\.\. \d)")
_STARTS = ("database system is ready to accept connections", "PostgreSQL init process complete")
_PROCESS = re.compile(r"\[(\d{1,10})(?:-\d{1,10})?\]")
_PREFIX_STATE = re.compile(r"(?<![\w\[:.+-])(?=[A-Z]{0,4}\d)([0-9A-Z]{5})(?![\w\]:.+-])")
_VERBOSE_STATE = re.compile(r"^([0-9A-Z]{5}): ")
_POSITION = re.compile(
    r" (?:at character|bei Zeichen|en carácter|au caractère|al carattere|vid tecken|\(символ|символ) (\d{1,9})\)?$"
)


def records(lines: Iterable[LogLine]) -> list[Record]:
    """Return the failures that a server log holds, in order; what is no failure is left out."""
    drafts: list[_Draft] = []
    by_process: dict[str, _Draft | None] = {}
    current: _Draft | None = None
    for line in lines:
        found = _LINE.match(line.text)
        if found is None:
            if current is not None and line.text.startswith("\t"):
                current.go_on(line.text[1:])
            continue
        process, word = _process(found["prefix"]), ENGLISH.get(found["word"], found["word"])
        if word in _FAILURES:
            current = by_process[process] = _Draft(line.at, found["prefix"], word, found["text"])
            drafts.append(current)
        elif word in _FIELDS:
            current = by_process.get(process)
            if current is not None:
                current.add(word, found["text"])
        else:
            current = by_process[process] = None
    return [draft.record() for draft in drafts]


def set_apart(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return Postgres's own lines, as `%m [%p] ` and its kin begin them, and those of everybody else.

    A paste may have turned the tab of a line that goes on into spaces.
    """
    own: list[str] = []
    others: list[str] = []
    is_own = False
    for line in lines:
        goes_on = _GOES_ON.match(line) if is_own else None
        is_own = goes_on is not None or _OWN.match(line) is not None
        (own if is_own else others).append(line if goes_on is None else "\t" + line[goes_on.end() :])
    return own, others


def is_postgres(lines: Iterable[str]) -> bool:
    """Whether a container's log is that of a Postgres."""
    return any(start in line for line in lines for start in _STARTS)


def _process(prefix: str) -> str:
    found = _PROCESS.search(prefix)
    return found[1] if found else ""


class _Draft:
    """A record whose lines still come."""

    def __init__(self, at: float, prefix: str, severity: str, text: str) -> None:
        self._at, self._prefix, self._severity = at, prefix, severity
        self._lines: dict[str, list[str]] = {severity: [text]}
        self._last = severity

    def add(self, word: str, text: str) -> None:
        self._lines[word], self._last = [text], word

    def go_on(self, text: str) -> None:
        self._lines[self._last].append(text)

    def record(self) -> Record:
        message, *fields = ("\n".join(lines) for lines in self._lines.values())
        verbose = _VERBOSE_STATE.match(message)
        message = message[verbose.end() :] if verbose else message
        position = _POSITION.search(message)
        message = message[: position.start()] if position else message
        return Record(
            at=self._at,
            severity=self._severity,
            message=message,
            sqlstate=verbose[1] if verbose else self._state(message),
            position=int(position[1]) if position else None,
            fields=dict(zip(list(self._lines)[1:], fields, strict=True)),
        )

    def _state(self, message: str) -> str:
        logged = _PREFIX_STATE.search(self._prefix)
        complaint = messages.complaint(message)
        return logged[1] if logged else complaint.sqlstate if complaint else ""
