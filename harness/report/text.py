"""Text that is fit for a terminal: harmless, wrapped, and coloured where that is wanted."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

Paint = Callable[[str, str], str]
"""Colours a text: `paint(text, "red")`."""

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor movements
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*+(?:[\x07\x9c]|\x1b\\)?"  # OSC, DCS: links, clipboard
    r"|\x1b[ -/]*+[0-~]?"
)
_COMMANDS = re.compile(
    r"(?<!\S):(?=:(?:(?:set|save|add|remove|stop|internal)-|(?:debug|notice|warning|error|group|endgroup|echo)\b))"
    r"|\#(?=\#(?:vso)?\[)",
    re.IGNORECASE,
)
"""The beginnings of commands that a CI runner obeys in a job's output (GitHub's `::error`, Azure's `##vso[`)."""
_HASH = re.compile(r"\#(?=\#(?:vso)?\[)", re.IGNORECASE)
_SPACES = re.compile(r"[\t\n\x0b\x0c\r]+")
UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, and what makes a text look like another one (bidirectional and zero-width characters)."""

_COLOURS = {"bold": "1", "dim": "2", "red": "31;1", "green": "32;1", "yellow": "33;1", "cyan": "36"}


def clean(text: str) -> str:
    """Return text from elsewhere as one line without anything that a terminal or a CI runner would obey."""
    return _COMMANDS.sub(r"\g<0> ", UNSEEN.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text)))).strip()


def visible(text: str) -> str:
    """Return text from elsewhere with its lines and tabs, and a symbol for every other character that is unseen."""
    return _COMMANDS.sub(r"\g<0> ", UNSEEN.sub(_symbol, text.replace("\r\n", "\n")))


def json_text(document: object) -> str:
    """Return JSON that a person can read in a terminal: what is unseen, or begins a command, is there by number."""
    whole = _HASH.sub(r"\\u0023", json.dumps(document, indent=2, ensure_ascii=False))
    return UNSEEN.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], whole)


def _symbol(found: re.Match[str]) -> str:
    """Return the picture that Unicode has of a control character (U+2400 on), or the number of another one."""
    character = found.group()
    number = ord(character)
    if character in "\t\n":
        return character
    if number < 0x20:
        return chr(0x2400 + number)
    return "\u2421" if number == 0x7F else f"<U+{number:04X}>"


def shorten(text: str, width: int) -> str:
    """Cut a clean text to `width` characters."""
    return text if len(text) <= width else f"{text[: max(1, width - 4)]} ..."


def wrap(text: str, width: int, later: str = "") -> list[str]:
    """Break a clean text into lines, all but the first behind `later`; words (and paths) stay whole."""
    lines = textwrap.wrap(
        text, max(30, width), subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )
    return lines or [""]


def plain(text: str, _: str) -> str:
    """Leave a text as it is."""
    return text


def ansi(text: str, colour: str) -> str:
    """Colour a text by ANSI escapes."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"


def shown(path: str, base: Path) -> str:
    """Return a path as a reader in `base` would write it."""
    whole = Path(path)
    return str(whole.relative_to(base)) if whole.is_relative_to(base) else path


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal, at most 120; 100 for a file or a pipe."""
    if not stream.isatty():
        return 100
    return max(40, min(120, os.get_terminal_size(stream.fileno()).columns))


def plural(number: int, word: str) -> str:
    """Count things: `1 crash`, `2 crashes`."""
    if number == 1:
        return f"1 {word}"
    return f"{number} {word}{'es' if word.endswith(('s', 'sh', 'x')) else 's'}"


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a timeline, one for each state."""

    none: str = " "
    created: str = "·"
    starting: str = "┄"
    ready: str = "━"
    crash: str = "✗"

    @property
    def key(self) -> str:
        """What the signs mean."""
        return f"{self.created} not running  {self.starting} starting  {self.ready} ready  {self.crash} crash"


UNICODE = Signs()
ASCII = Signs(created=".", starting="-", ready="=", crash="x")


def exited(code: int | None) -> str:
    """Say how a process ended; a negative code stands for an end that nobody saw."""
    return "exited, and nobody saw how" if code is None or code < 0 else f"exited with code {code}"
