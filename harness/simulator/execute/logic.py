"""Comparisons and logic in which NULL is None and what cannot be told is UNKNOWN."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from harness.simulator.values import (
    UNKNOWN,
    Choice,
    FoldedText,
    Fresh,
    Interval,
    Json,
    Label,
    PaddedText,
    Range,
    Rough,
    Value,
)

NUMBERS = (int, float, Decimal)
CLOCK = "now"
"""`Fresh.source` of what is read off the clock: two of these may well be equal."""
RECKONED = "reckoned from now"
"""That of what is computed from it: it may be any time."""
_LONG_AGO = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
"""Earlier than any boot that is simulated."""


def is_known(value: Value) -> bool:
    """Whether a value is a constant or NULL, through and through."""
    if value is UNKNOWN or isinstance(value, Fresh):
        return False
    if isinstance(value, list):
        return all(map(is_known, value))
    return all(map(is_known, value.values())) if isinstance(value, dict) else True


def not_(value: Value) -> Value:
    """Return NOT value."""
    return value if value is None or value is UNKNOWN else not value


def and_(values: Iterable[Value]) -> Value:
    """Return values AND ...: false wins, then UNKNOWN (which may be false), then NULL."""
    return _combine(values, winner=False)


def or_(values: Iterable[Value]) -> Value:
    """Return values OR ...."""
    return _combine(values, winner=True)


def _combine(values: Iterable[Value], *, winner: bool) -> Value:
    found: Value = not winner
    for value in values:
        if value is winner:
            return winner
        if value is UNKNOWN or (value is None and found is not UNKNOWN):
            found = value
        elif not isinstance(value, bool) and value is not None:
            found = UNKNOWN
    return found


def equal(left: Value, right: Value) -> Value:  # noqa: PLR0911 - one line for each kind of value
    """Return left = right."""
    if left is None or right is None:
        return None
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, Fresh) or isinstance(right, Fresh):
        return _equal_fresh(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return _equal_parts(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_parts(list(left.values()), list(right.values()))
    pair = alike(left, right)
    if pair is None:
        return UNKNOWN
    if isinstance(pair[0], Interval):
        return _span(pair[0]) == _span(pair[1])
    return bool(pair[0] == pair[1])


def _equal_fresh(left: Value, right: Value) -> Value:
    hazy = next((each for each in (left, right) if isinstance(each, Choice | Rough)), None)
    if hazy is not None:
        other = right if hazy is left else left
        if isinstance(other, Fresh):
            return UNKNOWN if hazy.source == other.source else False
        may_be = isinstance(hazy, Rough) or (isinstance(other, str) and other in hazy.texts)
        return UNKNOWN if may_be else False
    if left is right:
        return True
    sources = [each.source for each in (left, right) if isinstance(each, Fresh)]
    is_time = all(source in (CLOCK, RECKONED) for source in sources)
    return UNKNOWN if is_time and (len(sources) == 2 or RECKONED in sources) else False


def derived(fresh: Fresh) -> Fresh:
    """Return what is computed from something fresh in such a way that it is as fresh."""
    return Fresh(RECKONED if fresh.source == CLOCK else fresh.source)


def _equal_parts(left: list[Value], right: list[Value]) -> Value:
    """Compare arrays and rows: a NULL element equals a NULL element, as it does within arrays."""
    if len(left) != len(right):
        return False
    pairs = zip(left, right, strict=True)
    return and_(one is other or equal(one, other) is True or _differ(one, other) for one, other in pairs)


def _differ(one: Value, other: Value) -> Value:
    same = distinct(one, other)
    return UNKNOWN if same is UNKNOWN else not same


def distinct(left: Value, right: Value) -> Value:
    """Return left IS DISTINCT FROM right."""
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if left is None or right is None:
        return left is not right
    return not_(equal(left, right))


def less(left: Value, right: Value) -> Value:  # noqa: PLR0911 - as above
    """Return left < right; for texts only where every collation agrees."""
    if left is None or right is None:
        return None
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, Fresh) or isinstance(right, Fresh):
        return _less_fresh(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return _less_lists(left, right)
    pair = alike(left, right)
    if pair is None or isinstance(pair[0], dict | Json | Range):
        return UNKNOWN
    if isinstance(left, Label) or isinstance(right, Label):
        return _less_labels(left, right)
    if isinstance(pair[0], str):
        return _less_texts(*pair)
    if isinstance(pair[0], Interval):
        return _span(pair[0]) < _span(pair[1])
    return bool(pair[0] < pair[1])


def _less_fresh(left: Value, right: Value) -> Value:
    if left is right:
        return False
    for fresh, other, answer in ((left, right, False), (right, left, True)):
        if isinstance(fresh, Fresh) and fresh.source == CLOCK and not isinstance(other, Fresh):
            pair = alike(other, _LONG_AGO)
            if pair is not None and pair[0] < pair[1]:
                return answer
    return UNKNOWN


def _less_lists(left: list[Value], right: list[Value]) -> Value:
    for one, other in zip(left, right, strict=False):
        same = equal(one, other)
        if same is not True:
            return less(one, other) if same is False else UNKNOWN
    return len(left) < len(right)


def _less_texts(left: str, right: str) -> Value:
    if left == right:
        return False
    both = left + right
    is_plain = both.isascii() and both.isalnum() and (both == both.lower() or both == both.upper())
    return str(left) < str(right) if is_plain else UNKNOWN


def _less_labels(left: str, right: str) -> Value:
    """Compare an enum's labels by their order; the longer list is the newer one."""
    labels = max((each.labels for each in (left, right) if isinstance(each, Label)), key=len)
    return labels.index(left) < labels.index(right) if left in labels and right in labels else UNKNOWN


def _span(interval: Interval) -> int:
    return (interval.months * 30 + interval.days) * 86_400_000_000 + interval.microseconds


def alike(left: Value, right: Value) -> tuple[Any, Any] | None:  # noqa: PLR0911 - as above
    """Return two known values in one type, the literal's text read as the other's; None where they do not meet."""
    if isinstance(left, bool) != isinstance(right, bool):
        left, right = _read(left, right), _read(right, left)
        return (left, right) if isinstance(left, bool) and isinstance(right, bool) else None
    if type(left) is type(right) and not isinstance(left, NUMBERS):
        return _zones(left, right)
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return None if left != left or right != right else (left, right)  # noqa: PLR0124 - a NaN is not itself
    if isinstance(left, PaddedText) or isinstance(right, PaddedText):
        texts = isinstance(left, str) and isinstance(right, str)
        return (left.rstrip(" "), right.rstrip(" ")) if texts else None
    if isinstance(left, Label):
        return (str(left), left.like(right)) if isinstance(right, str) else None
    if isinstance(right, Label):
        return (right.like(left), str(right)) if isinstance(left, str) else None
    if isinstance(left, FoldedText) or isinstance(right, FoldedText):
        texts = isinstance(left, str) and isinstance(right, str)
        return (FoldedText(left), FoldedText(right)) if texts else None
    if isinstance(left, str) or isinstance(right, str):
        left, right = _read(left, right), _read(right, left)
        return alike(left, right) if type(left) is type(right) or isinstance(left, NUMBERS) else None
    if isinstance(left, dt.date) and isinstance(right, dt.date):
        return _zones(_moment(left), _moment(right))
    return None


def _read(value: Value, model: Value) -> Value:
    """Read a text as a value of the model's type; return it as it is where that is not possible."""
    if not isinstance(value, str) or isinstance(model, str):
        return value
    from harness.simulator.execute.literals import like  # noqa: PLC0415 - it stands on this module

    return like(value, model)


def _zones(left: Value, right: Value) -> tuple[Any, Any]:
    if isinstance(left, dt.datetime) and (left.tzinfo is None) != (right.tzinfo is None):
        return _moment(left), _moment(right)
    return left, right


def _moment(value: dt.date) -> dt.datetime:
    """Return a date or a timestamp as a moment, in UTC where it names no zone."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def key_of(value: Value) -> Hashable:  # noqa: PLR0911 - as above
    """Return what known equal values have in common: for hashing, DISTINCT and GROUP BY."""
    if isinstance(value, list):
        return ("list", *map(key_of, value))
    if isinstance(value, dict):
        return ("row", *map(key_of, value.values()))
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, NUMBERS):
        return value
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, UUID | str | Json | bytes | dt.date | dt.time | Fresh | Range | None):
        return value
    return _span(value) if isinstance(value, Interval) else ("?", id(value))
