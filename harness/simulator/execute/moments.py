"""Arithmetic of dates, times and intervals."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal
from typing import Any

from harness.simulator.execute import logic
from harness.simulator.values import UNKNOWN, Interval, Value

_MICROSECOND = dt.timedelta(microseconds=1)


def is_moment(value: Value) -> bool:
    """Whether a value is a date, a time, or an interval."""
    return isinstance(value, dt.date | dt.time | Interval)


def add(left: Value, right: Value) -> Value:
    """Return left + right, at least one of them a date, a time or an interval."""
    if not is_moment(left) or (isinstance(left, Interval) and isinstance(right, dt.date)):
        left, right = right, left
    if isinstance(left, Interval):
        return _add_intervals(left, _interval(right), 1)
    if isinstance(left, dt.datetime):
        return _shift(left, _interval(right), 1)
    if isinstance(left, dt.date):
        return _add_to_date(left, right, 1)
    return UNKNOWN


def subtract(left: Value, right: Value) -> Value:
    """Return left - right, at least one of them a date, a time or an interval."""
    if isinstance(left, Interval):
        return _add_intervals(left, _interval(right), -1)
    if isinstance(right, dt.date) or isinstance(left, str):
        return _difference(left, right)
    if isinstance(left, dt.datetime):
        return _shift(left, _interval(right), -1)
    return _add_to_date(left, right, -1) if isinstance(left, dt.date) else UNKNOWN


def multiply(left: Value, right: Value) -> Value:
    """Return interval * number or number * interval."""
    span, number = (left, right) if isinstance(left, Interval) else (right, left)
    if not isinstance(number, int):
        return UNKNOWN
    return Interval(span.months * number, span.days * number, span.microseconds * number)


def _interval(value: Value) -> Interval:
    if isinstance(value, str):
        found = logic.alike(value, Interval())
        value = found[0] if found else value
    if not isinstance(value, Interval):
        raise TypeError(value)
    return value


def _add_intervals(left: Interval, right: Interval, sign: int) -> Interval:
    return Interval(
        left.months + sign * right.months,
        left.days + sign * right.days,
        left.microseconds + sign * right.microseconds,
    )


def _add_to_date(day: dt.date, other: Any, sign: int) -> Value:
    if isinstance(other, int | Decimal):
        return day + dt.timedelta(days=int(other) * sign)
    return _shift(dt.datetime(day.year, day.month, day.day), _interval(other), sign)


def _shift(moment: dt.datetime, span: Interval, sign: int) -> dt.datetime:
    months = moment.year * 12 + moment.month - 1 + sign * span.months
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    moved = moment.replace(year=year, month=month + 1, day=day)
    return moved + sign * dt.timedelta(days=span.days, microseconds=span.microseconds)


def _difference(left: Value, right: Value) -> Value:
    pair = logic.alike(left, right)
    if pair is None:
        return UNKNOWN
    if isinstance(pair[0], dt.datetime):
        span = pair[0] - pair[1]
        return Interval(0, span.days, (span - dt.timedelta(days=span.days)) // _MICROSECOND)
    return (pair[0] - pair[1]).days
