"""The words of one statement: its tokens without comments, each with its place."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from harness.sql import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")
_DEEPER, _BACK, _COMMA = ("ASCII_40", "ASCII_91"), ("ASCII_41", "ASCII_93"), "ASCII_44"


class Words:
    """A statement's tokens, by number; offsets are bytes in the statement."""

    def __init__(self, statement: str) -> None:
        self._data = statement.encode()
        self.tokens = [token for token in parse.tokens(statement) if token.kind not in _COMMENTS]

    @cached_property
    def kinds(self) -> list[str]:
        """The scanner's names of the tokens, without the _P that some have."""
        return [token.kind.removesuffix("_P") for token in self.tokens]

    def text(self, number: int) -> str:
        """Return a token as it is written."""
        token = self.tokens[number]
        return self._data[token.start : token.end].decode()

    def slice(self, first: int, last: int) -> str:
        """Return what is written from the first token to the last one, both included."""
        return self._data[self.tokens[first].start : self.tokens[last].end].decode()

    def find(self, kind: str, start: int = 0) -> int | None:
        """Return the number of the first token of a kind."""
        return next((n for n in range(start, len(self.kinds)) if self.kinds[n] == kind), None)

    def follows(self, kinds: Sequence[str], start: int) -> bool:
        """Whether these tokens stand there, in a row."""
        return self.kinds[start : start + len(kinds)] == list(kinds)

    def end(self, number: int) -> int:
        """Return the offset behind a token."""
        return self.tokens[number].end

    def depths(self, start: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the number of each token and how many parentheses are open before it."""
        depth = 0
        for number in range(start, len(self.kinds)):
            depth -= self.kinds[number] in _BACK
            yield number, depth
            depth += self.kinds[number] in _DEEPER

    def parts(self, start: int, last: int | None = None) -> list[tuple[int, int]]:
        """Return first and last token of each part between the commas outside of parentheses, up to `last`."""
        end = len(self.kinds) - 1 if last is None else last
        commas = [n for n, depth in self.depths(start) if depth == 0 and self.kinds[n] == _COMMA and n <= end]
        firsts = [start, *(number + 1 for number in commas)]
        lasts = [*(number - 1 for number in commas), end]
        return list(zip(firsts, lasts, strict=True))
