"""Ranges: how they are written, and whether they overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.simulator.errors import Refused
from harness.simulator.execute import logic
from harness.simulator.values import UNKNOWN, Range, Value

SUBTYPES = {
    "int4range": "int4",
    "int8range": "int8",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
}
"""The type of a range type's bounds."""


def read(text: str, bound: Callable[[str], Value]) -> Value:
    """Read a range literal; ValueError where it is malformed."""
    text = text.strip()
    if text.lower() == "empty":
        return Range(is_empty=True)
    if text[:1] not in ("[", "(") or text[-1:] not in ("]", ")") or text.count(",") != 1:
        raise ValueError(text)
    lower, upper = (part.strip().strip('"') for part in text[1:-1].split(","))
    return made(bound(lower) if lower else None, bound(upper) if upper else None, text[0] + text[-1])


def made(lower: Value, upper: Value, bounds: Value = "[)") -> Value:
    """Return a range (22000); UNKNOWN where it may be empty and may not."""
    if lower is UNKNOWN or upper is UNKNOWN or not isinstance(bounds, str) or len(bounds) != 2:
        return UNKNOWN
    found = Range(lower, upper, lower is not None and bounds[0] == "[", upper is not None and bounds[1] == "]")
    if lower is None or upper is None:
        return found
    if logic.equal(lower, upper) is True:
        return found if bounds == "[]" else Range(is_empty=True)
    is_wide = logic.less(lower, upper)
    if is_wide is False:
        raise Refused("22000", "range lower bound must be less than or equal to range upper bound")
    return found if is_wide is True else UNKNOWN


def overlap(left: Value, right: Value) -> Value:
    """Return left && right."""
    if not isinstance(left, Range) or not isinstance(right, Range):
        return UNKNOWN
    if left.is_empty or right.is_empty:
        return False
    return logic.and_((_begins_within(left, right), _begins_within(right, left)))


def _begins_within(one: Range, other: Range) -> Value:
    """Whether a range begins before the other ends."""
    if one.lower is None or other.upper is None:
        return True
    before = logic.less(one.lower, other.upper)
    if one.has_lower and other.has_upper:
        return logic.or_((before, logic.equal(one.lower, other.upper)))
    return before


def contains(left: Range, right: Value) -> Value:
    """Return left @> right, where the right side is a value and no range."""
    if isinstance(right, Range):
        return UNKNOWN
    point = Range(right, right, has_lower=True, has_upper=True)
    return overlap(replace(left), point)
