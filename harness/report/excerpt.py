"""The line of a migration that a finding is about, with a caret under what matters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.report.text import UNSEEN, Paint

if TYPE_CHECKING:
    from harness.guard.model import Finding

_NAME = re.compile(r'"([^"]{1,63})"')
_SIDE = 20
"""Characters to the left of the caret where a line is too long to be shown whole."""


def excerpt(finding: Finding, width: int, paint: Paint) -> Iterator[str]:
    """Yield the source line, and one with carets under the name that the message speaks of, if that is there."""
    lines = finding.migration.text.split("\n")
    line, start, end = _target(finding, lines)
    text = _harmless(lines[line - 1]) if line <= len(lines) else ""
    if not text.strip():
        return
    gutter = f"{line:>6} | "
    room = max(20, width - len(gutter))
    left = max(0, start - _SIDE) if len(text) > room and end > room - 4 else 0
    part = text[left : left + room]
    yield f"{paint(gutter, 'cyan')}{part.rstrip()}"
    carets = "^" * max(1, min(end, left + len(part.rstrip())) - start)
    yield f"{paint(' ' * 6 + ' | ', 'cyan')}{' ' * (start - left)}{paint(carets, 'yellow')}"


def _target(finding: Finding, lines: list[str]) -> tuple[int, int, int]:
    """Return line, first and last column (from 0) of what is to be underlined."""
    first, last = finding.line, min(finding.end_line, len(lines))
    for name in reversed(_NAME.findall(finding.message)):
        word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])", re.IGNORECASE)
        for number in range(first, last + 1):
            begin = finding.column - 1 if number == first else 0
            found = word.search(lines[number - 1], begin)
            if found:
                return number, found.start(), found.end()
    begin = finding.column - 1
    until = len(lines[first - 1].rstrip()) if first <= len(lines) else begin
    return first, begin, max(until, begin + 1)


def _harmless(line: str) -> str:
    """Return a line in which each character takes one column, and none is obeyed by a terminal."""
    return UNSEEN.sub(" ", line)
