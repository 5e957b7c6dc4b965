"""Functions of arrays, and those that give sets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.simulator.execute import arrays, logic, moments, ranges
from harness.simulator.execute.env import Result
from harness.simulator.execute.functions import builtin
from harness.simulator.values import UNKNOWN, Interval, Range, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


_LONGEST = 200
"""Of a longer series the rest is not known."""


def _items(value: Value) -> list[Value]:
    """Return an array; a literal is read as one of texts."""
    found = arrays.read(value, str) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise TypeError(value)
    return found


@builtin("array_length", "array_upper")
def _array_length(_session: Session, array: Value, dimension: int) -> Value:
    items = _items(array)
    return (len(items) or None) if dimension == 1 else UNKNOWN


@builtin("cardinality")
def _cardinality(_session: Session, array: Value) -> Value:
    items = _items(array)
    return UNKNOWN if any(isinstance(item, list) for item in items) else len(items)


@builtin("array_lower")
def _array_lower(_session: Session, array: Value, _dimension: int) -> Value:
    return 1 if _items(array) else None


@builtin("array_append", strict=False)
def _array_append(_session: Session, array: Value, item: Value) -> Value:
    return UNKNOWN if array is UNKNOWN else [*(_items(array) if array else []), item]


@builtin("array_prepend", strict=False)
def _array_prepend(_session: Session, item: Value, array: Value) -> Value:
    return UNKNOWN if array is UNKNOWN else [item, *(_items(array) if array else [])]


@builtin("array_cat")
def _array_cat(_session: Session, left: Value, right: Value) -> Value:
    return [*_items(left), *_items(right)]


@builtin("array_remove", strict=False)
def _array_remove(_session: Session, array: Value, item: Value) -> Value:
    if not isinstance(array, list):
        return array if array is None else UNKNOWN
    tests = [logic.distinct(each, item) for each in array]
    kept = [each for each, differs in zip(array, tests, strict=True) if differs is not False]
    return UNKNOWN if UNKNOWN in tests else kept


@builtin("array_replace")
def _array_replace(_session: Session, array: Value, old: Value, new: Value) -> Value:
    return [new if logic.equal(each, old) is True else each for each in _items(array)]


@builtin("array_position")
def _array_position(_session: Session, array: Value, item: Value) -> Value:
    return next((n for n, each in enumerate(_items(array), start=1) if logic.equal(each, item) is True), None)


@builtin("unnest", strict=False)
def _unnest(_session: Session, array: Value, *others: Value) -> Value:
    if array is None:
        return Result(("unnest",))
    if array is UNKNOWN or others:
        return Result(("unnest",), is_complete=False)
    items = arrays.read(array, str) if isinstance(array, str) else array
    if not isinstance(items, list):
        return Result(("unnest",), is_complete=False)
    return Result(("unnest",), [(each,) for each in _flat(items)])


def _flat(items: list[Value]) -> list[Value]:
    return [each for item in items for each in (_flat(item) if isinstance(item, list) else [item])]


@builtin("generate_series", strict=False)
def _generate_series(_session: Session, start: Value, stop: Value, step: Value = 1) -> Value:
    found: list[tuple[Value, ...]] = []
    if None in (start, stop, step):
        return Result(("generate_series",))
    try:
        forward = logic.less(step, Interval() if isinstance(step, Interval) else 0) is False
        while len(found) < _LONGEST:
            beyond = logic.less(stop, start) if forward else logic.less(start, stop)
            if beyond is True:
                return Result(("generate_series",), found)
            if beyond is not False or step == 0:
                break
            found.append((start,))
            start = _next(start, step)
    except (TypeError, ValueError, OverflowError):  # values of which the next cannot be told: there may be more
        return Result(("generate_series",), found, is_complete=False)
    return Result(("generate_series",), found, is_complete=False)


def _next(value: Value, step: Value) -> Value:
    if isinstance(value, int | Decimal | float):
        return value + step
    if isinstance(value, dt.date):
        return moments.add(value, step)
    raise TypeError(value)


@builtin("generate_subscripts", strict=False)
def _generate_subscripts(_session: Session, array: Value, _dimension: Value) -> Value:
    if not isinstance(array, list):
        return Result(("generate_subscripts",), is_complete=array is None)
    return Result(("generate_subscripts",), [(n,) for n in range(1, len(array) + 1)])


@builtin("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", strict=False)
def _range(_session: Session, lower: Value, upper: Value, bounds: Value = "[)") -> Value:
    return ranges.made(lower, upper, bounds)


@builtin("isempty")
def _isempty(_session: Session, value: Range) -> Value:
    return value.is_empty


@builtin("lower_inf")
def _lower_inf(_session: Session, value: Range) -> Value:
    return value.lower is None and not value.is_empty


@builtin("upper_inf")
def _upper_inf(_session: Session, value: Range) -> Value:
    return value.upper is None and not value.is_empty
