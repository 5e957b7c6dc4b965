"""Functions of dates and times."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from harness.simulator.execute import formats, logic
from harness.simulator.execute.functions import builtin
from harness.simulator.values import UNKNOWN, Fresh, Interval, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


@builtin("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday")
def _now(_session: Session) -> Value:
    return Fresh(logic.CLOCK)


def _moment(value: Value) -> dt.datetime:
    found = logic.alike(value, dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    if found is None or not isinstance(found[0], dt.datetime):
        raise TypeError(value)
    return found[0] if found[0].tzinfo else found[0].replace(tzinfo=dt.UTC)


@builtin("extract", "date_part")
def _extract(_session: Session, unit: str, value: Value) -> Value:
    if isinstance(value, Interval):
        return UNKNOWN
    moment = _moment(value)
    whole = {"year": moment.year, "month": moment.month, "day": moment.day, "hour": moment.hour,
             "minute": moment.minute, "dow": moment.isoweekday() % 7, "isodow": moment.isoweekday(),
             "doy": moment.timetuple().tm_yday, "quarter": (moment.month + 2) // 3}  # fmt: skip
    if unit == "epoch" and not moment.microsecond:
        return int(moment.timestamp())
    return whole.get(unit, UNKNOWN)


_LOWEST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}


@builtin("date_trunc")
def _date_trunc(_session: Session, unit: str, value: Value, zone: str = "UTC") -> Value:
    if unit not in _LOWEST or zone != "UTC" or isinstance(value, Interval):
        return UNKNOWN
    moment = _moment(value)
    smaller = dict(list(_LOWEST.items())[list(_LOWEST).index(unit) + 1 :])
    return moment.replace(**smaller, microsecond=0, tzinfo=dt.UTC if _has_zone(value) else None)


def _has_zone(value: Value) -> bool:
    return isinstance(value, dt.datetime) and value.tzinfo is not None


@builtin("timezone")
def _timezone(_session: Session, zone: Value, value: Value) -> Value:
    if not isinstance(zone, str) or zone.upper() not in ("UTC", "GMT", "Z") or not isinstance(value, dt.datetime):
        return UNKNOWN
    return value.replace(tzinfo=None if value.tzinfo else dt.UTC)


@builtin("to_timestamp")
def _to_timestamp(_session: Session, value: Value, form: str = "") -> Value:
    return UNKNOWN if form else dt.datetime.fromtimestamp(float(value), dt.UTC)


@builtin("make_date")
def _make_date(_session: Session, year: int, month: int, day: int) -> Value:
    return dt.date(year, month, day)


@builtin("make_interval")
def _make_interval(_session: Session, years: int = 0, months: int = 0, weeks: int = 0, days: int = 0) -> Value:
    return Interval(years * 12 + months, weeks * 7 + days)


@builtin("to_char")
def _to_char(_session: Session, value: Value, form: str) -> Value:
    if not isinstance(value, dt.date | dt.time | str):
        return UNKNOWN
    return formats.of_moment(_moment(value) if not isinstance(value, dt.time) else value, form)


@builtin("age", "to_date", "date_bin", "justify_interval", "justify_days", "isfinite", strict=False)
def _not_worked_out(_session: Session, *arguments: Value) -> Value:
    return None if None in arguments else UNKNOWN
