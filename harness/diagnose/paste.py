r"""A pasted or saved log, taken apart: one stream a container, without what others have put around its lines.

What is understood, one inside of the other where that happens::

    job <TAB> step <TAB> TIME text         a CI run's log
    {"log":"text\n","stream":..,"time":..} Docker's json-file
    TIME stdout F text                     a Kubernetes node's (CRI)
    1767225600.123 stdout text             a run of ours
    server-1  | text                       docker compose logs, with or without -t
    [pod/server-x/server] text             kubectl logs --prefix
    server-1 exited with code 1            docker compose up: there a life ends
    {"level":"error","msg":..}             a server that logs JSON

Colours and control characters are gone in what is returned.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.diagnose.json_line import unfolded
from harness.diagnose.normalise import without_escapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class PastedLife:
    """What one container said between two of its exits."""

    service: str
    """Empty where the log does not say."""
    lines: tuple[str, ...]
    exit_code: int | None = None
    """None where the log does not say."""


@dataclass
class _Stream:
    lives: list[PastedLife] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def end(self, service: str, code: int | None) -> None:
        if self.lines:
            self.lives.append(PastedLife(service, tuple(self.lines), code))
            self.lines = []


_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"
_CI = re.compile(rf"^[^\t]{{1,200}}\t[^\t]{{1,200}}\t\ufeff?(?={_TIME} )")
_STREAM = re.compile(rf"^(?:{_TIME} (?:stdout|stderr) [FP]|\d{{9,11}}\.\d{{1,9}} (?:stdout|stderr)) ")
_STAMP = re.compile(rf"^{_TIME} ")
_PREFIXES = (
    re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]{0,120}) {1,60}\| ?(?P<text>.*)$"),
    re.compile(r"^\[pod/[^/\]]{1,253}/(?P<name>[^\]]{1,253})\] ?(?P<text>.*)$"),
)
_LEVELS = frozenset(
    ("trace", "debug", "info", "notice", "warn", "warning", "success", "error", "critical", "fatal")
)
_EXITED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]{0,120}) {1,60}exited with code (?P<code>\d{1,3})\b")
_NUMBER = re.compile(r"[-_]\d{1,4}$")
_MOST_NAMES = 100


def lives(text: str) -> list[PastedLife]:
    """Return the lives that a log tells of, in the order in which they end; one of no service for a plain log."""
    lines = [_bare(line) for line in _whole(text.lstrip("\ufeff").splitlines())]
    streams: dict[str, _Stream] = {}
    ended: list[PastedLife] = []
    for service, line, code in _sorted(lines):
        stream = streams.setdefault(service, _Stream())
        if code is None:
            stream.lines.extend(unfolded(_STAMP.sub("", line)))
        else:
            stream.end(service, code)
            ended.extend(stream.lives)
            stream.lives.clear()
    for service, stream in streams.items():
        stream.end(service, None)
        ended.extend(stream.lives)
    return ended


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of Docker's json-file as they were written: it cuts them at 16 KiB; others as they are."""
    begun = ""
    for line in lines:
        piece = _of_json_file(line)
        if piece is None:
            yield line
        elif piece.endswith("\n"):
            yield begun + piece.rstrip("\r\n")
            begun = ""
        else:
            begun += piece
    if begun:
        yield begun


def _of_json_file(line: str) -> str | None:
    if not line.startswith('{"log":"'):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry["log"] if "stream" in entry and isinstance(entry["log"], str) else None


def _bare(line: str) -> str:
    """Return a line without colours and without what a CI run or a node puts before it."""
    bare = _CI.sub("", without_escapes(line))
    return _STAMP.sub("", _STREAM.sub("", bare))


def _sorted(lines: list[str]) -> Iterator[tuple[str, str, int | None]]:
    """Yield service, text and None for each line, and at the end of a life its exit code; a service may be empty.

    A line without a prefix among others that have one goes on with the line before it.
    """
    pattern = _pattern(lines)
    service = ""
    for line in lines:
        if (exited := _EXITED.match(line)) is not None:
            yield _service(exited["name"]), line, int(exited["code"])
        elif pattern is None:
            yield "", line, None
        else:
            found = pattern.match(line)
            service = _service(found["name"]) if found else service
            yield service, found["text"] if found else line, None


def _pattern(lines: list[str]) -> re.Pattern[str] | None:
    """Return the shape of prefix that at least half of the lines have; None for a log of one container."""
    spoken = [line for line in lines if line.strip()]
    for pattern in _PREFIXES:
        names = [found["name"] for line in spoken if (found := pattern.match(line))]
        told = {name.lower() for name in names}
        if names and 2 * len(names) >= len(spoken) and not told & _LEVELS and len(told) <= _MOST_NAMES:
            return pattern
    return None


def _service(name: str) -> str:
    return _NUMBER.sub("", name)
