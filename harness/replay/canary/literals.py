"""Values for a type, as text that Postgres reads: the most telling ones first, told apart by a row's number."""

from __future__ import annotations

import datetime
import json
import re
import zlib
from typing import TYPE_CHECKING

from harness.replay.canary.hints import NONE, Hints, examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harness.replay.canary.model import Literal, Type

_MODIFIER = re.compile(r"\((\d+)(?:,(-?\d+))?\)")
_LONGEST = 4000
_FIRST_DAY = datetime.datetime(2001, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
_INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def candidates(type_: Type, number: int, hints: Hints = NONE, label: str = "") -> list[str]:
    """Return values to try for one row, the best first; none for a type that nothing is known about.

    `number` is the row's, from 1: rows with other numbers get other first values where the type has room.
    """
    base = type_.base
    made = _BY_KIND.get(base.kind, _base)(base, number, hints, label)
    return list(dict.fromkeys(made))


def _base(type_: Type, number: int, hints: Hints, label: str) -> Iterable[str]:
    name = _MODIFIER.sub("", type_.name).rpartition(".")[2].strip('"')
    if name in _BY_NAME:
        return _BY_NAME[name](number, hints)
    if name in _BY_SIZE:
        return _BY_SIZE[name](number, _modifier(type_, _SIZES.get(name, 1)))
    if name == "uuid":
        return (_uuid(number, label), *hints.strings)
    if type_.category == "N":
        return _numbers(type_, name, number, hints)
    if type_.category == "S":
        return _texts(_modifier(type_, _SIZES.get(name, _LONGEST)), number, hints, label)
    return ()


def _modifier(type_: Type, otherwise: int) -> int:
    found = _MODIFIER.search(type_.name)
    return int(found[1]) if found else otherwise


def _numbers(type_: Type, name: str, number: int, hints: Hints) -> Iterator[str]:
    """Yield numbers: telling ones, small ones, and those around a CHECK's constants."""
    limit = float(_INTEGERS.get(name, 2**31))
    found = _MODIFIER.search(type_.name)
    if found and name == "numeric":
        limit = 10.0 ** (int(found[1]) - int(found[2] or 0))
    near = (round(float(text)) + step for text in hints.numbers for step in (number, 0, -number))
    halves = () if name in _INTEGERS else (0.5, 0.1 * number)
    for value in (7000 + number, 40 + number, number, *near, 100 * number, 0, *halves, -number):
        if abs(value) < limit:
            yield str(value)


def _texts(longest: int, number: int, hints: Hints, label: str) -> Iterator[str]:
    """Yield texts not longer than a column takes; a short column gets the number alone."""
    for text in _any_texts(number, hints, label):
        if len(text) <= longest:
            yield text
    yield _serial(number)[-longest:]


def _any_texts(number: int, hints: Hints, label: str) -> Iterator[str]:
    yield f"canary {label} {number}"
    yield f"canary-{label}-{number}".replace(".", "-")
    yield f"canary-{number}"
    yield from hints.strings
    yield from examples(hints.strings, f"canary{number}")
    yield from examples(hints.strings, str(7000 + number))
    yield from examples(hints.strings, "canary" + chr(ord("a") + number % 26))
    yield from _sized(number, hints)
    yield from (f"canary{number}", f"canary_{number}", f"CANARY{number}", str(7000 + number), _uuid(number, label))
    yield from (
        f"canary{number}@example.com",
        f"https://example.com/canary-{number}",
        f"canary-{number}.example.com",
    )
    yield from (
        f"{number:064x}",
        f"{number:040x}",
        f"0x{number:040x}",
        f"0x{number:064x}",
        f'{{"canary": {number}}}',
    )
    yield from (f"192.0.2.{number % 256}", f"2001-02-{number % 28 + 1:02}", f"1.0.{number}", f"v1.0.{number}")
    yield from (
        "en",
        "en-GB",
        "GB",
        "USD",
        "UTC",
        "#c0ffee",
        f"+4420794600{number % 100:02}",
        f"/canary/{number}",
        "{}",
        "[]",
        "",
    )


def _sized(number: int, hints: Hints) -> Iterator[str]:
    """Yield texts as long as the numbers of a CHECK, in case that it is about a length."""
    for size in (int(text) for text in hints.numbers if text.isdigit() and int(text) <= _LONGEST):
        for length in (size, size + 1, size - 1):
            if length > 0:
                yield f"canary{number}".ljust(length, "a")[-length:]
                yield _serial(number).rjust(length, "a")[-length:]
                yield str(number).rjust(length, "7")[-length:]


def _serial(number: int) -> str:
    return f"c{number}"


def _uuid(number: int, label: str) -> str:
    return f"ca4a1d00-{zlib.crc32(label.encode()) & 0xFFFF:04x}-4000-8000-{number:012x}"


def _times(number: int, hints: Hints) -> Iterator[str]:
    start = _FIRST_DAY + datetime.timedelta(days=10 * number)
    yield start.isoformat()
    for later in ({"hours": 1}, {"days": 1}, {"days": 9}, {"days": 36525}, {"minutes": 30}, {"days": -1}):
        yield (start + datetime.timedelta(**later)).isoformat()
    yield from hints.strings
    yield start.replace(hour=0, minute=0, second=0, day=1).isoformat()


def _days(number: int, hints: Hints) -> Iterator[str]:
    return (text[:10] for text in _times(number, hints))


def _hours(number: int, hints: Hints) -> Iterator[str]:
    yield from (f"{hour:02}:{number % 60:02}:00" for hour in (9, 10, 17, 0, 23))
    yield from hints.strings


def _json(number: int, hints: Hints) -> Iterator[str]:
    """Yield documents: an object, one with each key that a CHECK names, and the other kinds of JSON."""
    yield json.dumps({"canary": number})
    yield json.dumps(dict.fromkeys(hints.strings, f"canary {number}"))
    yield json.dumps(dict.fromkeys(hints.strings, number))
    yield from (
        "[]",
        "{}",
        f'["canary {number}"]',
        f'[{{"canary": {number}}}]',
        f'"canary {number}"',
        str(number),
        "true",
        "null",
    )


def _bytes(number: int, hints: Hints) -> Iterator[str]:
    yield "\\x" + f"canary {number}".encode().hex()
    for text in hints.numbers:
        if text.isdigit() and 0 < int(text) <= _LONGEST:
            yield from ("\\x" + f"{number:0{2 * size}x}"[-2 * size :] for size in (int(text), int(text) + 1))
    yield "\\x"


def _fixed(*forms: str) -> Callable[[int, Hints], Iterator[str]]:
    """Return a maker of texts in which `{n}` is the row's number."""
    return lambda number, hints: iter((*(form.replace("{n}", str(number)) for form in forms), *hints.strings))


_SIZES = {"char": 1, "character": 1, "vector": 3}
_BY_SIZE: dict[str, Callable[[int, int], Iterable[str]]] = {
    "bit": lambda number, size: (f"{number:0{size}b}"[-size:],),
    "bit varying": lambda number, size: (f"{number:b}"[-size:],),
    "vector": lambda number, size: (json.dumps([number] * size),),
    "char": lambda number, _: (chr(ord("a") + number % 26),),
}
_BY_NAME: dict[str, Callable[[int, Hints], Iterable[str]]] = {
    "boolean": _fixed("true", "false"),
    "timestamp with time zone": _times,
    "timestamp without time zone": _times,
    "date": _days,
    "time without time zone": _hours,
    "time with time zone": _hours,
    "interval": _fixed("{n} hours", "{n} days", "0"),
    "json": _json,
    "jsonb": _json,
    "bytea": _bytes,
    "inet": _fixed("192.0.2.{n}", "2001:db8::{n}"),
    "cidr": _fixed("192.0.2.{n}/32", "10.{n}.0.0/16"),
    "macaddr": lambda number, _: (f"02:00:00:00:00:{number % 256:02x}",),
    "macaddr8": lambda number, _: (f"02:00:00:00:00:00:00:{number % 256:02x}",),
    "point": _fixed("(7,{n})"),
    "line": _fixed("{1,{n},0}"),
    "lseg": _fixed("[(0,0),(7,{n})]"),
    "box": _fixed("(7,{n}),(0,0)"),
    "path": _fixed("[(0,0),(7,{n})]"),
    "polygon": _fixed("((0,0),(7,0),(7,{n}))"),
    "circle": _fixed("<(7,0),{n}>"),
    "tsvector": _fixed("canary:{n}"),
    "tsquery": _fixed("canary & {n}"),
    "xml": _fixed("<canary>{n}</canary>"),
    "jsonpath": _fixed("$.canary{n}"),
    "pg_lsn": _fixed("0/{n}"),
    "tid": _fixed("(0,{n})"),
    "xid": _fixed("{n}"),
    "xid8": _fixed("{n}"),
    "pg_snapshot": _fixed("{n}:{n}:"),
    "txid_snapshot": _fixed("{n}:{n}:"),
    "oid": _fixed("{n}"),
    "regclass": _fixed("pg_class"),
    "regtype": _fixed("integer"),
    "regproc": _fixed("now"),
    "regrole": _fixed("pg_monitor"),
    "hstore": _fixed('"canary"=>"{n}"'),
    "ltree": _fixed("canary.n{n}"),
    "lquery": _fixed("canary.*"),
    "cube": _fixed("(7,{n})"),
    "seg": _fixed("{n}"),
    "geometry": _fixed("POINT(7 {n})", "SRID=4326;POINT(7 {n})"),
    "geography": _fixed("POINT(7 {n})"),
}


def _enum(type_: Type, number: int, _hints: Hints, _label: str) -> Iterable[str]:
    turn = (number - 1) % max(1, len(type_.labels))
    return (*type_.labels[turn:], *type_.labels[:turn])


def _array(type_: Type, number: int, hints: Hints, label: str) -> Iterator[str]:
    """Yield arrays of one element, of none, and as long as the numbers of a CHECK."""
    elements = candidates(type_.parts[0], number, hints, label)
    lengths = [int(text) for text in hints.numbers if text.isdigit() and 0 < int(text) <= 100]
    yield from (_braces([element]) for element in elements)
    yield "{}"
    yield from (_braces(elements[:1] * length) for length in lengths if elements)


def _range(type_: Type, number: int, hints: Hints, label: str) -> Iterator[str]:
    """Yield ranges that do not overlap those of other numbers."""
    spaced = 100 * number if type_.parts[0].category == "N" else number
    elements = candidates(type_.parts[0], spaced, hints, label)[:3]
    bounds = [elements[0], str(float(elements[0]) + 1).removesuffix(".0")] if spaced != number else elements[:2]
    if len(bounds) == 2:
        yield f'["{bounds[0]}","{bounds[1]}")'
    yield "empty"


def _multirange(type_: Type, number: int, hints: Hints, label: str) -> Iterator[str]:
    return (f"{{{text}}}".replace("{empty}", "{}") for text in _range(type_, number, hints, label))


def _row(type_: Type, number: int, hints: Hints, label: str) -> Iterator[str]:
    """Yield one row value, each column with its best value or NULL."""
    columns: list[Literal] = [next(iter(candidates(part, number, hints, label)), None) for part in type_.parts]
    yield "(" + ",".join("" if text is None else _quoted(text) for text in columns) + ")"


def _braces(elements: Iterable[str]) -> str:
    return "{" + ",".join(_quoted(text) for text in elements) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_BY_KIND: dict[str, Callable[[Type, int, Hints, str], Iterable[str]]] = {
    "e": _enum,
    "a": _array,
    "r": _range,
    "m": _multirange,
    "c": _row,
}
