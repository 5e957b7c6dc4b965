"""Reads the tokens of a PL/pgSQL body: words, and the SQL between them."""

from __future__ import annotations

from typing import NoReturn

from harness.errors import LadderError
from harness.sql import parse

_OPEN, _CLOSE = ("(", "["), (")", "]")


class Reader:
    """The tokens of a text with a place among them; a word is a token's text, in lower case unless quoted.

    `text` slices the source between tokens, so that SQL comes out as written, comments included.
    """

    def __init__(self, body: str) -> None:
        self._data = body.encode()
        self._tokens = [token for token in parse.tokens(body) if not token.kind.endswith("_COMMENT")]
        self.words = [self._word(token) for token in self._tokens]
        self.at = 0

    def _word(self, token: parse.Token) -> str:
        text = self._data[token.start : token.end].decode()
        return text if text[:1] in ("'", '"', "$") or token.kind == "SCONST" else text.lower()

    def peek(self, ahead: int = 0) -> str:
        """Return the word that comes; empty at the end."""
        index = self.at + ahead
        return self.words[index] if index < len(self.words) else ""

    def is_string(self, ahead: int = 0) -> bool:
        """Whether a string constant comes."""
        index = self.at + ahead
        return index < len(self._tokens) and self._tokens[index].kind == "SCONST"

    def next(self) -> str:
        """Take a word."""
        word = self.peek()
        if not word:
            self.fail("the body ends too early")
        self.at += 1
        return word

    def take(self, *words: str) -> bool:
        """Take these words if they come next."""
        if any(self.peek(index) != word for index, word in enumerate(words)):
            return False
        self.at += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Take these words, which have to come next."""
        for word in words:
            if not self.take(word):
                self.fail(f"expected {word}")

    def fail(self, message: str) -> NoReturn:
        """Raise LadderError at this place."""
        raise self.error(message)

    def error(self, message: str) -> LadderError:
        """Return what `fail` raises."""
        near = self.peek() or "end"
        return LadderError(f'PL/pgSQL: {message} at or near "{near}"')

    def text(self, start: int, end: int) -> str:
        """Return the source from one token up to another, which is left out."""
        if start >= end:
            return ""
        return self._data[self._tokens[start].start : self._tokens[end - 1].end].decode()

    def find(self, *ends: str) -> int:
        """Return the index of the next of some words that stands outside of parentheses."""
        depth = 0
        for index in range(self.at, len(self.words)):
            word = self.words[index]
            if depth == 0 and word in ends:
                return index
            depth += (word in _OPEN) - (word in _CLOSE)
        raise self.error(f"expected {' or '.join(ends)}")

    def until(self, *ends: str) -> str:
        """Take everything up to one of some words outside of parentheses; the word itself is left."""
        start, self.at = self.at, self.find(*ends)
        if start == self.at:
            self.fail("missing expression")
        return self.text(start, self.at)

    def listed(self, *ends: str) -> tuple[str, ...]:
        """Take expressions with commas between, up to one of some words, which is left."""
        found = [self.until(",", *ends)]
        while self.take(","):
            found.append(self.until(",", *ends))
        return tuple(found)

    def name(self) -> str:
        """Take an identifier, as the parser would fold it."""
        return unquote(self.next())


def unquote(word: str) -> str:
    """Return what an identifier or a plain string constant stands for."""
    quote = word[:1]
    if quote in ('"', "'"):
        return word[1:-1].replace(quote * 2, quote)
    return word
