"""What a dying server's log says about its death: hopeless, worth another try, or unknown. Pure and quick.

- *fatal*: the next start ends alike, because the cause lies in the files: a migration that does not replay,
  an executable or module that is not there.
- *transient*: something else was not ready or was in the way: no connection yet, a race between replicas.
- *unknown*: anything else. Two crashes of one unknown reason have the same `normalised` line.

The LAST line that is fatal or transient decides: a server may handle a duplicate, log it, and die of a
refused connection later; Java prints its root cause last. What a server merely reports (a NOTICE that
something "already exists, skipping", a line of level info or warning) is never fatal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.diagnose import messages
from harness.diagnose.messages import Complaint
from harness.diagnose.normalise import normalise, without_escapes
from harness.diagnose.sqlstate import state_of


class CrashKind(StrEnum):
    """What the log promises for the next start."""

    FATAL = "fatal"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CrashSignature:
    """What one life's log says; `line_index` counts from 0 and is None when no line says anything."""

    kind: CrashKind
    sqlstate: str
    message: str
    """The deciding line, or Postgres's own words where the line carries them; ANSI escapes removed."""
    normalised: str
    """The deciding line without what differs from crash to crash; empty: comparable with no other."""
    line_index: int | None
    complaint: Complaint | None = None
    """What Postgres complained of and which things it named, where its words were recognised."""


FATAL_STATES = frozenset({"42710", "42P07", "42701", "42P06", "42723", "42P16", "42P10", "23502", "23505"})
"""A replay that meets one of these meets it again at the next start."""

TRANSIENT_STATES = frozenset(
    (
        *("57P01", "57P02", "57P03", "53300", "40001", "40P01", "55P03"),
        *("08000", "08001", "08003", "08004", "08006", "08007", "08P01"),
    )
)
"""Another start may pass: no connection, a server on its way up or down, a lock, a race."""

_RACES = (
    *("pg_type_typname_nsp_index", "pg_class_relname_nsp_index"),
    *("pg_namespace_nspname_index", "pg_proc_proname_args_nsp_index"),
)
"""The catalogs' own unique indexes: two sessions made one thing at once, each finding it absent."""

_LINE_LIMIT = 4096
_PIECE = 200
_FIELDS_BELOW = 40
"""Lines of a trace and of an error's fields that are looked at below its message."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: CrashKind
    needle: str
    pattern: re.Pattern[str]


def _phrases(kind: CrashKind, *rows: str | tuple[str, str]) -> tuple[_Phrase, ...]:
    pairs = [(row, re.escape(row)) if isinstance(row, str) else row for row in rows]
    return tuple(_Phrase(kind, needle, re.compile(pattern, re.IGNORECASE)) for needle, pattern in pairs)


_AFTERMATH = (
    r"dirty database version"  # golang-migrate
    r"|contains a failed (?:\w{1,12} )?migration|detected failed (?:\w{1,12} )?migration"  # Flyway
    r"|found failed migrations|migration started at .{1,60} failed"  # Prisma, P3009
    r"|migration \d{1,20} is partially applied"  # sqlx
)
AFTERMATH = re.compile(_AFTERMATH, re.IGNORECASE)
"""How migration tools refuse to go on after a migration that failed at an earlier boot."""

_FATAL_PHRASES = _phrases(
    CrashKind.FATAL,
    "exec format error",
    "executable file not found in",
    ("no such file", r"\bexec(?::| user process| /|.{1,200}? failed:).{0,200}no such file"),
    ("no such file", r"\bsh: (?:\d{1,5}: )?(?:cannot|can't) open .{1,200}: no such file"),
    ("can't open file", r"python[\d.]*: can't open file"),
    ("no module named", r"(?:ModuleNotFoundError|python[\d.]*): No module named "),
    "cannot find module",
    "could not find or load main class",
    "unable to access jarfile",
    ("dirty database version", _AFTERMATH),
    ("failed", _AFTERMATH),
    ("is partially applied", _AFTERMATH),
)
_TRANSIENT_PHRASES = _phrases(
    CrashKind.TRANSIENT,
    ("refused", r"connection refused|connection to .{1,200} refused|connrefused|actively refused"),
    ("host", r"no such host|could not translate host name|UnknownHost|no route to host|\bEHOSTUNREACH\b"),
    ("enotfound", r"\bENOTFOUND\b"),
    "eai_again",
    "name or service not known",
    ("name", r"failure in name resolution|name does not resolve|nodename nor servname|getaddrinfo failed"),
    "failed to lookup address",
    ("unreach", r"network is unreachable|\bENETUNREACH\b"),
    ("reset", r"connection reset by peer|\bECONNRESET\b"),
    "server closed the connection",
    (
        "connection",
        r"connection terminated unexpectedly|connection attempt failed|couldn't get a connection after",
    ),
    "can't reach database server",
    ("p1001", r"\bP1001\b"),
    ("timed", r"connect(?:ion)? timed out|\bETIMEDOUT\b"),
    ("timeout", r"i/o timeout|timeout expired|timeout exceeded when trying to connect"),
    ("timeout", r"timeout acquiring a connection"),
    "context deadline exceeded",
)
_PHRASES = _FATAL_PHRASES + _TRANSIENT_PHRASES

_CODE = r"(?P<code>[0-9A-Z]{5})(?![\w])"
_CODE_PATTERN = re.compile(
    "|".join(
        part.replace("CODE", _CODE.replace("code", f"code{number}"))
        for number, part in enumerate(
            (
                r"""(?i:sql\s?-?_?state)["'\w]{0,5}[\s=:(\["']{1,6}E?CODE""",
                r"""\b(?i:pg)?[cC]ode["']?\s{0,2}[=:]\s{0,2}(?:SqlState\()?["'(]{0,2}E?CODE""",
                r"""\b(?:ERROR|FATAL|PANIC):?\s{1,2}CODE(?=[: ]|$)""",
                r"""\bPostgresException[^:]{0,40}: CODE(?=:)""",
                r"""[(\[]CODE[)\]](?=[\s"'},.]{0,8}$)""",
            )
        )
    )
)
"""How programs print a SQLSTATE; in bare brackets only at the line's end, where no process id stands."""

_CLASS = re.compile(r"\b(?:errors\.|exceptions\.|PG::)([A-Z][A-Za-z]{3,60})\b")
"""The error's class in psycopg, asyncpg and Ruby's pg: the name of its condition."""

_CODE_NEEDLES = frozenset(
    (*(code[:4].lower() for code in FATAL_STATES | TRANSIENT_STATES), "errors.", "exceptions.", "pg::")
)
_NEEDLES = _CODE_NEEDLES.union((rule.needle for rule in messages.RULES), (phrase.needle for phrase in _PHRASES))

_LOW_LEVEL = frozenset({"trace", "debug", "info", "notice", "warn", "warning"})
_LEVEL_WORD = r"(trace|debug|info|notice|warn|warning|error|fatal|panic|critical|severe)"
_LEVEL = re.compile(
    rf"""(?:level|lvl|severity|levelname)["']?\s?[=:]\s?["']?{_LEVEL_WORD}\b"""
    rf"""|(?:^|[\s\[(|<]){_LEVEL_WORD}[\d\s]{{0,6}}[:\]|)>]"""
    rf"""|(?:^|[\s|])(?-i:{_LEVEL_WORD.upper()})\s""",
    re.IGNORECASE,
)

_ERROR_WORDS = (
    *("error", "fatal", "panic", "exception", "fail", "abort", "caused by", "cannot", "can't", "could not"),
    *("unable", "denied", "refused", "invalid", "missing", "required", "not found", "no such", "segfault"),
    *("killed", "undefined", "unexpected", "timeout", "timed out", "does not exist", "violates", "pq: "),
)
_SAYS_NOTHING = re.compile(
    r"^\s{1,80}(?:at |from |File \"|\.\.\. \d)|^goroutine \d"
    r"|^\s{1,80}(?:\w{1,20}\.){0,4}(?:severity|code|detail|hint|position|internal(?:Position|Query)|where|schema|table|column|dataType"
    r"|constraint|file|line|routine|length|name|query|sql|parameters|migration\w{0,20}): "
    r"|^\(Background on this error at: |^Node\.js v\d|^npm (?:ERR!|error)|Command failed with exit code"
    r"|^ {4}\(\w{1,60} [\d.]{1,30}\) "
    r"|^\s{4,80}'?[\w$]{1,40}'?: (?!.{0,200}\berror\b)"
    r"|^\s{1,80}Exception data:$"
    r"|^  warnings\.warn\(|^\s{0,20}[\^~]{1,200}$"
    r"|^\s{0,4}\d{1,3}: (?:0x[0-9a-f]{1,16} )?[\w<{][\w<>{}]{0,100}::"
)
"""Lines of a trace, the fields of an error that node prints, and farewells: the error stands above them."""


def sqlstates(line: str) -> list[str]:
    """Return the SQLSTATEs that are printed as such in a line, in order."""
    found = (next(filter(None, match.groups())) for match in _CODE_PATTERN.finditer(messages.unescaped(line)))
    codes = [code for code in found if any(letter.isdigit() for letter in code)]
    return codes or [state for name in _CLASS.findall(line) if (state := state_of(name))]


def kind_of_state(sqlstate: str) -> CrashKind:
    """Return what one SQLSTATE promises for the next start."""
    if sqlstate in FATAL_STATES:
        return CrashKind.FATAL
    if sqlstate in TRANSIENT_STATES:
        return CrashKind.TRANSIENT
    return CrashKind.UNKNOWN


def classify(lines: Sequence[str]) -> CrashSignature:
    """Return what the log of one life, oldest line first, says about its end."""
    clipped = [line[:_LINE_LIMIT] for line in lines]
    lowered = [line.lower() for line in clipped]
    for index in _backwards(lowered, _NEEDLES):
        decided = _decide(clipped[index], lowered[index])
        if decided is not None:
            return _signature(clipped, index, *decided)
    return _unknown(clipped, lowered)


_Decision = tuple[CrashKind, str, Complaint | None]


def _backwards(lowered: Sequence[str], needles: Collection[str]) -> Iterator[int]:
    """Yield the indices, last first, of the lines that hold a needle; most pieces of most logs hold none."""
    for end in range(len(lowered), 0, -_PIECE):
        start = max(0, end - _PIECE)
        text = "\n".join(lowered[start:end])
        present = [needle for needle in needles if needle in text]
        for index in range(end - 1, start - 1, -1) if present else ():
            if any(needle in lowered[index] for needle in present):
                yield index


def _decide(line: str, lower: str) -> _Decision | None:
    """Return kind, SQLSTATE and complaint of a line that is fatal or transient."""
    plain = messages.unescaped(without_escapes(line))
    decided = _postgres(plain, lower) or _phrase(plain, lower)
    if decided is not None and decided[0] is CrashKind.FATAL and is_report(plain):
        return None
    return decided


def _postgres(plain: str, lower: str) -> _Decision | None:
    complaint = messages.complaint(plain)
    if complaint and _is_race(complaint):
        return CrashKind.TRANSIENT, complaint.sqlstate, complaint
    states = _states_said(plain, complaint) if complaint or any(code in lower for code in _CODE_NEEDLES) else []
    decided = ((kind_of_state(state), state, complaint) for state in states)
    return next((d for d in decided if d[0] is not CrashKind.UNKNOWN), None)


def _phrase(plain: str, lower: str) -> _Decision | None:
    spoken = (p.kind for p in _PHRASES if p.needle in lower and p.pattern.search(plain))
    return next(((kind, "", None) for kind in spoken), None)


def _is_race(complaint: Complaint) -> bool:
    if complaint.sqlstate == "23505":
        return complaint.name.startswith(_RACES)
    return complaint.message.lower().startswith("tuple concurrently")


def says_nothing(line: str) -> bool:
    """Whether a line belongs to a trace or is a field of an error: what happened stands above it."""
    return _SAYS_NOTHING.search(line) is not None


def is_report(plain: str) -> bool:
    """Whether a line tells of something that nobody died of: a guard that fired, a low level."""
    found = _LEVEL.search(plain[:256])
    low = found is not None and next(filter(None, found.groups())).lower() in _LOW_LEVEL
    return low or "exists, skipping" in plain or "exist, skipping" in plain


def _signature(
    lines: Sequence[str], index: int, kind: CrashKind, sqlstate: str, complaint: Complaint | None
) -> CrashSignature:
    """Build the value; a bare `code: '23505'` (node, Rust) belongs to the message that stands above it."""
    if complaint is None and sqlstate:
        index, complaint = _message_above(lines, index, sqlstate)
        kind = CrashKind.TRANSIENT if complaint and _is_race(complaint) else kind
    line = without_escapes(lines[index]).strip()
    return CrashSignature(
        kind, sqlstate, complaint.message if complaint else line, normalise(line), index, complaint
    )


def _message_above(lines: Sequence[str], index: int, sqlstate: str) -> tuple[int, Complaint | None]:
    """Return the line that a bare code belongs to: with Postgres's words, or else what its trace begins with."""
    above = range(index, max(-1, index - _FIELDS_BELOW), -1)
    for number in above:
        complaint = messages.complaint(without_escapes(lines[number]))
        if complaint and complaint.sqlstate == sqlstate:
            return number, complaint
    spoken = (number for number in above if lines[number].strip() and not says_nothing(lines[number]))
    return next(spoken, index), None


def _unknown(lines: Sequence[str], lowered: Sequence[str]) -> CrashSignature:
    """Return the signature of a log that no rule decides: its last line that looks like an error."""
    index = _last_error_line(lines, lowered)
    if index is None:
        return CrashSignature(CrashKind.UNKNOWN, "", "", "", None)
    line = without_escapes(lines[index]).strip()
    complaint = None if is_report(line) else messages.complaint(line)
    states = [] if is_report(line) else _states_said(line, complaint) or _states_below(lines, index)
    state = next(iter(states), "")
    message = complaint.message if complaint else line
    return CrashSignature(CrashKind.UNKNOWN, state, message, normalise(line), index, complaint)


def _states_said(line: str, complaint: Complaint | None) -> list[str]:
    """Return the SQLSTATEs of a line, that of Postgres's own words last.

    They top what a driver calls a lost connection: class 08, which PDO gives a refused login.
    """
    if complaint is None:
        return sqlstates(line)
    return [*(state for state in sqlstates(line) if not state.startswith("08")), complaint.sqlstate]


def _states_below(lines: Sequence[str], index: int) -> list[str]:
    """Return the SQLSTATEs of the trace and the fields below a line."""
    states = []
    for line in lines[index + 1 : index + _FIELDS_BELOW]:
        if not says_nothing(line):
            break
        states += sqlstates(line)
    return states


def _last_error_line(lines: Sequence[str], lowered: Sequence[str]) -> int | None:
    errors = _backwards(lowered, _ERROR_WORDS)
    told = next((index for index in errors if not says_nothing(lines[index])), None)
    if told is not None:
        return told
    spoken = (index for index in range(len(lines) - 1, -1, -1) if without_escapes(lines[index]).strip())
    return next(spoken, None)
