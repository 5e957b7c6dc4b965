"""What the text of CHECKs gives away about the values that they accept: their constants, and their patterns.

A hint is a guess. Postgres itself says which guess a CHECK accepts, so nothing here has to be exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.sql import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_QUOTE = re.compile(r"^[eE]?'(.*)'$", re.DOTALL)
_NUMBERS = frozenset({"ICONST", "FCONST"})
_LIKE = re.compile(r"%|_|\\.")
_REPEAT = re.compile(r"\{(\d+)(?:,\d*)?\}")
_CLASSES = {
    "d": "7",
    "w": "c",
    "s": " ",
    "D": "c",
    "W": "-",
    "S": "c",
    "m": "",
    "M": "",
    "y": "",
    "Y": "",
    "A": "",
    "Z": "",
}
_NAMED = {"alpha": "c", "alnum": "c", "digit": "7", "lower": "c", "upper": "C", "space": " ", "xdigit": "c"}


@dataclass(frozen=True, slots=True)
class Hints:
    """The constants of some expressions, in their order."""

    strings: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


NONE = Hints()


@lru_cache(maxsize=4096)
def hints(expressions: tuple[str, ...]) -> Hints:
    """Return the constants of expressions; an array's text form counts as its elements too."""
    strings: dict[str, None] = {}
    numbers: dict[str, None] = {}
    for expression in expressions:
        data = expression.encode()
        for token in parse.tokens(expression):
            text = data[token.start : token.end].decode()
            if token.kind in _NUMBERS:
                numbers[text] = None
            elif token.kind == "SCONST":
                strings |= dict.fromkeys(_constants(text))
    return Hints(tuple(strings), tuple(numbers))


def _constants(quoted: str) -> Iterator[str]:
    match = _QUOTE.match(quoted)
    if match is None:
        return
    text = match[1].replace("''", "'")
    if quoted[0] in "eE":
        text = text.replace("\\\\", "\\")
    if text.startswith("{") and text.endswith("}"):
        yield from (part.strip('"') for part in text[1:-1].split(","))
    yield text


def replace_value(expression: str, column: str) -> str:
    """Return a domain's expression about VALUE as one about a column, which is given as SQL."""
    data = expression.encode()
    for token in reversed([token for token in parse.tokens(expression) if token.kind == "VALUE_P"]):
        data = data[: token.start] + column.encode() + data[token.end :]
    return data.decode()


def examples(strings: Iterable[str], serial: str) -> Iterator[str]:
    """Yield texts that constants ask for as LIKE patterns or as regular expressions; `serial` tells rows apart."""
    for text in strings:
        if "%" in text:
            yield _LIKE.sub(lambda sign: {"%": serial, "_": "a"}.get(sign[0], sign[0][1:]), text)
        if any(sign in text for sign in "^$[({*+?\\"):
            yield _Example(text, serial).text


class _Example:
    """One text that a regular expression matches; of alternatives the first, of repetitions the fewest.

    The first open repetition of a class that has digits or letters is made long enough to hold the serial.
    """

    def __init__(self, pattern: str, serial: str) -> None:
        self._pattern = re.sub(r"^\*\*\*[:=]|\(\?[a-z]+\)", "", pattern)
        self._serial: str | None = serial
        self._at = 0
        self.text = self._alternatives()

    def _alternatives(self) -> str:
        first = self._sequence()
        while self._next() == "|":
            self._at += 1
            self._sequence()
        return first

    def _sequence(self) -> str:
        parts = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._piece())
        return "".join(parts)

    def _piece(self) -> str:
        is_class = self._next() in "[\\."
        atom = self._atom()
        quantifier = self._quantifier()
        if quantifier is None:
            return atom
        least, is_open = quantifier
        if is_class and is_open and self._serial and atom.isalnum():
            serial, self._serial = self._serial, None
            return serial.rjust(least, atom)
        return atom * least

    def _quantifier(self) -> tuple[int, bool] | None:
        sign = self._next()
        repeat = _REPEAT.match(self._pattern, self._at)
        if repeat:
            self._at = repeat.end()
            found = (int(repeat[1]), "," in repeat[0])
        elif sign and sign in "*+?":
            self._at += 1
            found = (1 if sign == "+" else 0, sign != "?")
        else:
            return None
        self._at += self._next() == "?"
        return found

    def _atom(self) -> str:
        sign = self._next()
        self._at += 1
        if sign == "(":
            self._at += 2 if self._pattern.startswith("?:", self._at) else 0
            inner = self._alternatives()
            self._at += 1
            return inner
        if sign == "[":
            return self._bracket()
        if sign == "\\":
            self._at += 1
            escaped = self._pattern[self._at - 1 : self._at]
            return _CLASSES.get(escaped, escaped)
        return {"^": "", "$": "", ".": "c"}.get(sign, sign)

    def _bracket(self) -> str:
        """Return a character of a bracket expression; of one that excludes, a character that is rarely excluded."""
        end = self._pattern.find("]", self._at + 1 + (self._next() == "^"))
        while end > 0 and self._pattern[end - 1] == ":" and self._pattern[end + 1 : end + 2]:
            inner_end = self._pattern.find("]", end + 1)
            if inner_end < 0:
                break
            end = inner_end
        body = self._pattern[self._at : end]
        self._at = end + 1
        if body.startswith("^"):
            return "c" if "c" not in body else "7"
        named = re.match(r"\[:(\w+):\]", body)
        if named:
            return _NAMED.get(named[1], "c")
        if "a-z" in body or "a-f" in body:
            return "c"
        return _CLASSES.get(body[1:2], body[1:2]) if body.startswith("\\") else body[:1]

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]
