"""Texts read as values of built-in types, as the types' input functions do.

`ValueError` where Postgres would refuse the text, `OverflowError` for a date or time that is out of range; UNKNOWN
where it may know a form that is not known here.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from harness.simulator.execute.logic import CLOCK
from harness.simulator.values import UNKNOWN, FoldedText, Fresh, Interval, Json, Value

_INTEGER = re.compile(r"[+-]?\d+(?:_\d+)*$")
_OTHER_INTEGER = re.compile(r"[+-]?0[xob][0-9a-f_]+$", re.IGNORECASE)
_UUID = re.compile(r"\{?[0-9a-f]{4}(?:-?[0-9a-f]{4}){7}\}?$", re.IGNORECASE)
_DATE = re.compile(r"(\d{4,})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?")
_ZONE = re.compile(r"\s*(?:(z|utc|gmt)|([+-])(\d{1,2})(?::?(\d{2}))?)$", re.IGNORECASE)
_SPAN = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([a-z]+)", re.IGNORECASE)
_CLOCK_WORDS = frozenset({"now", "today", "tomorrow", "yesterday"})
_DATE_WORDS = frozenset({"epoch", "infinity", "-infinity", "+infinity", "allballs", *_CLOCK_WORDS})
_TRUE = ("true", "yes")
_FALSE = ("false", "no")
_DAY = 86_400_000_000
_UNITS = {
    "microsecond": (0, 0, 1), "us": (0, 0, 1), "millisecond": (0, 0, 1000), "ms": (0, 0, 1000),
    "second": (0, 0, 1_000_000), "sec": (0, 0, 1_000_000), "s": (0, 0, 1_000_000),
    "minute": (0, 0, 60_000_000), "min": (0, 0, 60_000_000), "m": (0, 0, 60_000_000),
    "hour": (0, 0, 3_600_000_000), "hr": (0, 0, 3_600_000_000), "h": (0, 0, 3_600_000_000),
    "day": (0, 1, 0), "d": (0, 1, 0), "week": (0, 7, 0), "w": (0, 7, 0),
    "month": (1, 0, 0), "mon": (1, 0, 0), "year": (12, 0, 0), "yr": (12, 0, 0), "y": (12, 0, 0),
    "decade": (120, 0, 0), "century": (1200, 0, 0), "centurie": (1200, 0, 0),
}  # fmt: skip


def integer(text: str) -> Value:
    """Read an int2, int4, int8 or oid."""
    text = text.strip()
    if _INTEGER.match(text):
        return int(text.replace("_", ""))
    if _OTHER_INTEGER.match(text):
        return int(text.replace("_", ""), 0)
    raise ValueError(text)


def numeric(text: str) -> Value:
    """Read a numeric."""
    try:
        return Decimal(text.strip().replace("_", ""))
    except InvalidOperation:
        raise ValueError(text) from None


def real(text: str) -> Value:
    """Read a float4 or float8."""
    return float(text.strip())


def boolean(text: str) -> Value:
    """Read a bool: any unambiguous beginning of a word will do (parse_bool_with_len)."""
    word = text.strip().lower()
    if word in ("on", "1") or (word and any(each.startswith(word) for each in _TRUE)):
        return True
    if word in ("of", "off", "0") or (word and any(each.startswith(word) for each in _FALSE)):
        return False
    raise ValueError(text)


def uuid(text: str) -> Value:
    """Read a uuid."""
    if not _UUID.match(text):
        raise ValueError(text)
    return UUID(text)


def bytea(text: str) -> Value:
    """Read a bytea in its hex form; the escape form where it has no escapes."""
    if text.startswith("\\x"):
        return bytes.fromhex(text[2:])
    return UNKNOWN if "\\" in text else text.encode()


def document(text: str) -> Value:
    """Read a json or jsonb document."""
    return Json(json.loads(text, parse_constant=_refuse, parse_float=_number))


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def date(text: str) -> Value:
    """Read a date."""
    moment = _moment(text)
    return moment.date() if isinstance(moment, dt.datetime) else moment


def timestamp(text: str) -> Value:
    """Read a timestamp; a zone in it is ignored."""
    moment = _moment(text)
    return moment.replace(tzinfo=None) if isinstance(moment, dt.datetime) else moment


def timestamptz(text: str) -> Value:
    """Read a timestamptz; without a zone in the text it is UTC."""
    moment = _moment(text)
    if not isinstance(moment, dt.datetime):
        return moment
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _moment(text: str) -> Value:
    text = text.strip().lower()
    if text in _DATE_WORDS:
        return _word(text)
    if not any(c.isdigit() for c in text):
        raise ValueError(text)
    day = _DATE.match(text)
    if day is None:
        return UNKNOWN
    rest = text[day.end() :].removeprefix("t").strip()
    clock = _TIME.match(rest)
    if rest and clock is None:
        return UNKNOWN
    zone = _zone(rest[clock.end() :]) if clock else None
    if zone is UNKNOWN or int(day[1]) > dt.MAXYEAR:
        return UNKNOWN
    found = _day(int(day[1]), int(day[2]), int(day[3]), zone)
    return found + _clock(clock) if clock else found


def _day(year: int, month: int, day: int, zone: dt.tzinfo | None) -> dt.datetime:
    try:
        return dt.datetime(year, month, day, tzinfo=zone)
    except ValueError as error:
        raise OverflowError(str(error)) from None


def _word(word: str) -> Value:
    if word in _CLOCK_WORDS:
        return Fresh(CLOCK)
    if word == "epoch":
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    if word.endswith("infinity"):
        year = dt.MINYEAR if word.startswith("-") else dt.MAXYEAR
        return dt.datetime(year, 12, 31, tzinfo=dt.UTC)
    return UNKNOWN


def _zone(text: str) -> Value:
    if not text.strip():
        return None
    found = _ZONE.match(text)
    if found is None:
        return UNKNOWN
    if found[1]:
        return dt.UTC
    offset = dt.timedelta(hours=int(found[3]), minutes=int(found[4] or 0))
    return dt.timezone(offset if found[2] == "+" else -offset)


def _clock(found: re.Match[str]) -> dt.timedelta:
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    if hours > 24 or minutes > 59 or seconds > 60:
        raise OverflowError(found[0])
    return dt.timedelta(
        hours=hours, minutes=minutes, seconds=seconds, microseconds=int((found[4] or "0").ljust(6, "0"))
    )


def time(text: str) -> Value:
    """Read a time of day."""
    text = text.strip()
    if not any(c.isdigit() for c in text):
        return UNKNOWN if text.lower() in _DATE_WORDS else _refuse(text)
    found = _TIME.match(text)
    if found is None or text[found.end() :].strip():
        return UNKNOWN
    span = _clock(found)
    return UNKNOWN if span >= dt.timedelta(days=1) else (dt.datetime.min + span).time()


def interval(text: str) -> Value:
    """Read an interval in words (`1 day 2 hours`) or as a clock's time."""
    parts = [0, 0, 0]
    rest = _SPAN.sub(lambda found: _add(found[1], found[2], parts), text.strip().lower()).strip()
    sign = -1 if rest.endswith("ago") else 1
    clock = _TIME.fullmatch(rest.removesuffix("ago").strip().lstrip("+-"))
    if clock:
        parts[2] += (-1 if rest.startswith("-") else 1) * (_clock(clock) // dt.timedelta(microseconds=1))
    elif rest.removesuffix("ago").strip(" @"):
        return UNKNOWN if any(c.isdigit() for c in text) or not text else _refuse(text)
    return Interval(*(sign * part for part in parts))


def _add(amount: str, unit: str, parts: list[int]) -> str:
    known = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if known is None:
        return amount + unit
    number = Decimal(amount)
    months, days, rest = (number * each for each in known)
    parts[0] += int(months)
    parts[1] += int(days)
    parts[2] += int(rest + (days - int(days)) * _DAY)
    return ""


READERS: dict[str, Callable[[str], Value]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), integer),
    "numeric": numeric,
    **dict.fromkeys(("float4", "float8"), real),
    "bool": boolean,
    "uuid": uuid,
    "bytea": bytea,
    **dict.fromkeys(("json", "jsonb"), document),
    "date": date,
    "timestamp": timestamp,
    "timestamptz": timestamptz,
    "time": time,
    "interval": interval,
    "citext": FoldedText,
}
"""By typname; a type that is not here keeps its text."""

_MODELS: dict[type, Callable[[str], Value]] = {
    bool: boolean,
    int: integer,
    Decimal: numeric,
    float: real,
    UUID: uuid,
    bytes: bytea,
    Json: document,
    dt.date: date,
    dt.datetime: timestamptz,
    dt.time: time,
    Interval: interval,
}


def like(text: str, model: Value) -> Value:
    """Read a literal as the type of the value that it meets; return it as it is where that is not possible."""
    if isinstance(model, list):
        from harness.simulator.execute.arrays import read  # noqa: PLC0415 - it stands on this module

        return read(text, lambda part: like(part, model[0]) if model else part)
    reader = _MODELS.get(type(model))
    if reader is None:
        return text
    try:
        return reader(text)
    except (ValueError, OverflowError):
        return text
