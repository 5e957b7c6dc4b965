"""LIKE and regular expressions."""

from __future__ import annotations

import re
from functools import lru_cache

from harness.simulator.values import UNKNOWN, FoldedText, Value


@lru_cache(256)
def _like(pattern: str, *, fold: bool) -> re.Pattern[str]:
    parts, at = [], 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and at + 1 < len(pattern):
            at += 1
            parts.append(re.escape(pattern[at]))
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
        at += 1
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if fold else 0))


def like(text: str, pattern: str, *, fold: bool = False) -> bool:
    """Return text LIKE pattern, or ILIKE."""
    return _like(str(pattern), fold=fold or isinstance(text, FoldedText)).fullmatch(text) is not None


def compiled(pattern: str, *, fold: bool = False) -> re.Pattern[str] | None:
    r"""Return Postgres's regular expression as Python's; None where they may differ."""
    pattern = pattern.replace(r"\m", r"\b").replace(r"\M", r"\b").replace(r"\y", r"\b")
    pattern = pattern.replace(r"\A", "^").replace("[[:<:]]", r"\b").replace("[[:>:]]", r"\b")
    for name, characters in _CLASSES.items():
        pattern = pattern.replace(f"[:{name}:]", characters)
    if (
        "(?" in pattern.replace("(?:", "").replace("(?=", "").replace("(?!", "")
        or "***" in pattern
        or "[[" in pattern
    ):
        return None
    try:
        return re.compile(pattern.replace("$", r"\Z"), re.DOTALL | (re.IGNORECASE if fold else 0))
    except re.error:
        return None


def pieces(pattern: str, *, fold: bool = False) -> re.Pattern[str] | None:
    """Return a regular expression of which the match itself counts; None too where it is not greedy throughout.

    In Postgres one preference holds for the whole expression.
    """
    return None if re.search(r"[*+?}]\?", pattern) else compiled(pattern, fold=fold)


_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "space": r"\s",
    "upper": "A-Z",
    "lower": "a-z",
    "xdigit": "0-9a-fA-F",
}


def matches(text: Value, pattern: Value, *, fold: bool = False) -> Value:
    """Return text ~ pattern, or ~*."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        return UNKNOWN
    found = compiled(pattern, fold=fold or isinstance(text, FoldedText))
    return UNKNOWN if found is None else found.search(text) is not None


_WORDS = """
all and any array as between bigint boolean bpchar case character check date double else end false from ilike in int
integer is json jsonb like name not null numeric or precision real select similar smallint text then
time timestamp to true uuid values varchar varying when with without zone
"""
_NOISE = frozenset(_WORDS.split())
"""Words that Postgres adds to an expression, or puts otherwise."""
_SEGMENT = re.compile(r"'?[\w .:@/-]+'?")


def rough(text: str, pattern: str, *, fold: bool) -> Value:
    """Return whether words that are known stand in a text of which no more is known: `%draft%`, `%'draft'%`.

    It is certain for words that are nobody's but the expression's own: its names and constants.
    """
    segments = [segment for segment in re.split(r"%|\.\*", pattern) if segment]
    if not segments or not all(map(_SEGMENT.fullmatch, segments)):
        return UNKNOWN
    if any(word in _NOISE for segment in segments for word in re.findall(r"\w+", segment.lower())):
        return UNKNOWN
    known = text.lower() if fold else text
    there = [(segment.lower() if fold else segment) in known for segment in segments]
    if not all(there):
        return False
    return True if len(segments) == 1 else UNKNOWN
