"""Which scenarios run: by an expression over their names, and by shard."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

_TERM = re.compile(r"((?:not\s+)*)(\S+)")
_WORDS = ("and", "or", "not")


def expression(text: str) -> str:
    """Return an expression that `matches` understands; an argparse error for anything else."""
    for term in re.split(r"\s+(?:and|or)\s+", text.strip()):
        match = _TERM.fullmatch(term)
        if not match or match[2] in _WORDS:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no expression: write parts of names joined by `and`, `or` and `not`, no parentheses"
            )
    return text.strip()


def matches(text: str, name: str) -> bool:
    """Whether a name fits: `not` binds closest, then `and`, then `or`; a word is a substring of the name."""
    return any(
        all(_holds(term, name) for term in re.split(r"\s+and\s+", alternative))
        for alternative in re.split(r"\s+or\s+", text)
    )


def _holds(term: str, name: str) -> bool:
    *negations, word = term.split()
    return (word in name) is (len(negations) % 2 == 0)


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`-th of `count` shares, counted from 1."""

    number: int
    count: int

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Return this share: every item is in exactly one, and the shares differ by one item at most."""
        return list(items[self.number - 1 :: self.count])


def shard(text: str) -> Shard:
    """Read `I/N`."""
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no shard: write I/N with I from 1 to N, such as 2/3")
    return Shard(int(match[1]), int(match[2]))
