"""A cause as lines of text, the same wherever it is told: what failed, where, how surely, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.report.text import Paint, clean, plain, shorten, shown, visible, wrap

MARGIN = " " * 14
_MOST = 10
_MOST_OF_A_DIFF = 40
_SURE = {
    "proved": "proved: the statement was run again and failed alike",
    "matched": "logs and migration agree",
    "guessed": "guessed: the logs leave it open",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Where text goes: labels at the left, texts wrapped beside them; paths below `base` are relative to it."""

    base: Path
    width: int = 80
    paint: Paint = plain

    def field(self, label: str, text: str, colour: str = "") -> Iterator[str]:
        """Yield a labelled text, wrapped under itself; nothing for no text."""
        text = clean(text)
        if not text:
            return
        for number, line in enumerate(wrap(text, self.width - len(MARGIN))):
            margin = MARGIN if number else f"  {label:<{len(MARGIN) - 4}}  "
            yield f"{margin}{self.paint(line, colour) if colour else line}"

    def many(self, label: str, texts: Sequence[str]) -> Iterator[str]:
        """Yield the first texts of a list under one label, and how many more there are."""
        for number, text in enumerate(texts[:_MOST]):
            yield from self.field("" if number else label, text)
        if len(texts) > _MOST:
            yield from self.field("", f"... and {len(texts) - _MOST} more, all in the journal")


def what(cause: Mapping[str, Any], page: Page) -> Iterator[str]:
    """Yield code, title and message, and the place, or the log's lines where there is none."""
    state = f" (SQLSTATE {cause['sqlstate']})" if cause["sqlstate"] else ""
    yield from page.field("cause", f"{cause['code']} {cause['title']}{state}", colour="bold")
    yield from page.field("", cause["message"])
    if cause["path"]:
        yield from _place(cause, page)
    else:
        yield from page.many("log", cause["evidence"])


def known(cause: Mapping[str, Any]) -> str:
    """Return how soon the cause was known, and how surely."""
    soon = after(cause).removeprefix(", known ").capitalize()
    sure = _SURE.get(cause["confidence"], "") if cause["path"] else ""
    return "; ".join(filter(None, (soon, sure)))


def after(cause: Mapping[str, Any]) -> str:
    """Return `, known 30 ms after the crash`; nothing where nobody was there to time it."""
    latency = cause.get("latency_ms")
    return "" if latency is None else f", known {latency:.0f} ms after the crash"


def to_do(cause: Mapping[str, Any], page: Page) -> Iterator[str]:
    """Yield the advice, the fix that is proved, and the command that shows the failure again."""
    yield from page.field("do", cause["advice"], colour="bold")
    if cause.get("fix"):
        yield from page.field("fix", "proved: with this patch the ladder boots twice")
        yield from _diff(cause["fix"], page)
    yield from page.field("again", cause.get("repro") or "")


def _diff(diff: str, page: Page) -> Iterator[str]:
    colours = {"+": "green", "-": "red"}
    for line in diff.splitlines()[:_MOST_OF_A_DIFF]:
        text = shorten(visible(line), page.width - len(MARGIN))
        colour = None if text[:3] in ("---", "+++") else colours.get(text[:1])
        yield f"{MARGIN}{page.paint(text, colour) if colour else text}".rstrip()
    if diff.count("\n") > _MOST_OF_A_DIFF:
        yield f"{MARGIN}... the rest is in the journal, and in --json"


def _place(cause: Mapping[str, Any], page: Page) -> Iterator[str]:
    line = f":{cause['line']}" if cause["line"] else ""
    yield from page.field("at", f"{shown(cause['path'], page.base)}{line}", colour="cyan")
    if cause["statement"]:
        number = f"{cause['line'] or ''}"
        text = wrap(clean(cause["statement"]), page.width - len(f"{MARGIN}{number} | "))
        yield f"{MARGIN}{number} | {text[0]}"
        yield from (f"{MARGIN}{'':{len(number)}} | {part}" for part in text[1:])
