"""What somebody may have meant by a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def meant(word: str, choices: Iterable[str]) -> str:
    """Return `; did you mean X?` for the nearest of some words; empty where none is near.

    Of words that are equally near, as codes often are, the one with most signs in the same places is taken.
    """
    close = difflib.get_close_matches(word, choices, n=12, cutoff=0.6)
    if not close:
        return ""
    best = max(sorted(close), key=lambda choice: (_likeness(word, choice), _agreement(word, choice)))
    return f"; did you mean {best}?"


def _likeness(word: str, choice: str) -> float:
    return difflib.SequenceMatcher(None, word, choice).ratio()


def _agreement(word: str, choice: str) -> int:
    return sum(one == other for one, other in zip(word, choice, strict=False))
