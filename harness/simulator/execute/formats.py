"""to_char of dates and times (formatting.c); patterns that are not known here give UNKNOWN."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from harness.simulator.values import UNKNOWN, Value

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_Part = Callable[[dt.datetime], str]

_PARTS: dict[str, _Part] = {
    "YYYY": lambda t: f"{t.year:04}",
    "YY": lambda t: f"{t.year % 100:02}",
    "MM": lambda t: f"{t.month:02}",
    "DDD": lambda t: f"{t.timetuple().tm_yday:03}",
    "DD": lambda t: f"{t.day:02}",
    "D": lambda t: str(t.isoweekday() % 7 + 1),
    "ID": lambda t: str(t.isoweekday()),
    "HH24": lambda t: f"{t.hour:02}",
    "HH12": lambda t: f"{(t.hour + 11) % 12 + 1:02}",
    "HH": lambda t: f"{(t.hour + 11) % 12 + 1:02}",
    "MI": lambda t: f"{t.minute:02}",
    "SSSSS": lambda t: str(t.hour * 3600 + t.minute * 60 + t.second),
    "SSSS": lambda t: str(t.hour * 3600 + t.minute * 60 + t.second),
    "SS": lambda t: f"{t.second:02}",
    "MS": lambda t: f"{t.microsecond // 1000:03}",
    "US": lambda t: f"{t.microsecond:06}",
    "Q": lambda t: str((t.month + 2) // 3),
    "WW": lambda t: f"{(t.timetuple().tm_yday - 1) // 7 + 1:02}",
    "IW": lambda t: f"{t.isocalendar().week:02}",
    "IYYY": lambda t: f"{t.isocalendar().year:04}",
    "Month": lambda t: f"{_MONTHS[t.month - 1]:9}",
    "MONTH": lambda t: f"{_MONTHS[t.month - 1].upper():9}",
    "month": lambda t: f"{_MONTHS[t.month - 1].lower():9}",
    "Mon": lambda t: _MONTHS[t.month - 1][:3],
    "MON": lambda t: _MONTHS[t.month - 1][:3].upper(),
    "mon": lambda t: _MONTHS[t.month - 1][:3].lower(),
    "Day": lambda t: f"{_DAYS[t.weekday()]:9}",
    "DAY": lambda t: f"{_DAYS[t.weekday()].upper():9}",
    "day": lambda t: f"{_DAYS[t.weekday()].lower():9}",
    "Dy": lambda t: _DAYS[t.weekday()][:3],
    "DY": lambda t: _DAYS[t.weekday()][:3].upper(),
    "dy": lambda t: _DAYS[t.weekday()][:3].lower(),
    "AM": lambda t: "AM" if t.hour < 12 else "PM",
    "PM": lambda t: "AM" if t.hour < 12 else "PM",
    "am": lambda t: "am" if t.hour < 12 else "pm",
    "pm": lambda t: "am" if t.hour < 12 else "pm",
}
_PATTERN = re.compile(
    r'"(?P<text>[^"]*)"|(?P<part>' + "|".join(sorted(_PARTS, key=len, reverse=True)) + r")|(?P<other>[A-Za-z])",
)


def of_moment(value: dt.datetime | dt.time, form: str) -> Value:
    """Return to_char(value, form)."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(dt.date(1970, 1, 1), value)
    found, at = [], 0
    for match in _PATTERN.finditer(_in_capitals(form)):
        if match["other"]:
            return UNKNOWN
        part = match["part"]
        found += [form[at : match.start()], _PARTS[part](moment) if part else match["text"]]
        at = match.end()
    return "".join(found) + form[at:]


def _in_capitals(form: str) -> str:
    """Return a format with its numeric patterns in capitals: their case does not count."""
    return re.sub(r"y{2,4}|mm|ddd?|hh(?:24|12)?|mi|s{2,5}|ms|us", lambda word: word[0].upper(), form)
