"""Values made to fit a type: casts, and what assignment to a column does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from harness.simulator.catalog.objects import Constraint, ConstraintKind, Relation, Type, TypeKind, TypeName
from harness.simulator.errors import Refused
from harness.simulator.execute import arrays, ranges
from harness.simulator.execute.env import Env
from harness.simulator.execute.literals import READERS
from harness.simulator.values import UNKNOWN, FoldedText, Fresh, Interval, Json, Label, PaddedText, Range, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_SIZES = {"int2": 15, "int4": 31, "int8": 63}
_EXACT = Context(prec=150_000)
"""A numeric has at most 131072 digits before the point and 16383 after it (datatype-numeric.html)."""
_SPOKEN = {"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
           "bool": "boolean", "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
           "time": "time without time zone"}  # fmt: skip
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "char"})
_DATES = frozenset({"date", "timestamp", "timestamptz", "time", "interval"})
_LOOKUPS = frozenset({"regclass", "regtype", "regproc", "regprocedure", "regnamespace", "regrole"})


def coerce(session: Session, value: Value, type_: TypeName, explicit: bool = False) -> Value:
    """Return a value in a type; Refused where Postgres would refuse a known value (22P02, 22001, 22003, 23514)."""
    if type_.is_array:
        return _array(session, value, type_, explicit)
    own = session.store.get(type_.oid) if type_.oid else None
    if isinstance(own, Type):
        return _own(session, value, own, explicit)
    if value is None or value is UNKNOWN or isinstance(value, Fresh):
        return value
    if isinstance(own, Relation):
        return value if isinstance(value, dict) else UNKNOWN
    return _built_in(session, value, type_, explicit)


def _array(session: Session, value: Value, type_: TypeName, explicit: bool) -> Value:
    element = replace(type_, is_array=False)
    if isinstance(value, list):
        parts = ((each, type_ if isinstance(each, list) else element) for each in value)
        return [coerce(session, each, kind, explicit) for each, kind in parts]
    if isinstance(value, str):
        try:
            return arrays.read(value, lambda part: coerce(session, part, element, explicit))
        except ValueError:
            raise Refused("22P02", f'malformed array literal: "{value}"') from None
    return None if value is None else UNKNOWN


def _own(session: Session, value: Value, type_: Type, explicit: bool) -> Value:
    """Return a value in one of the ladder's own types."""
    if type_.kind is TypeKind.DOMAIN:
        found = coerce(session, value, type_.base, explicit)
        _check_domain(session, found, type_)
        return found
    if value is None or value is UNKNOWN or isinstance(value, Fresh):
        return value
    if type_.kind is TypeKind.ENUM:
        if session.stored and isinstance(value, str) and value not in type_.labels:
            value = dict(type_.renamed).get(value, value)
        if isinstance(value, str) and value not in type_.labels:
            raise Refused("22P02", f'invalid input value for enum {type_.name}: "{value}"', type_.name, value)
        return Label.of(value, type_.labels, type_.renamed) if isinstance(value, str) else value
    return _built_in(session, value, TypeName(type_.name), explicit)


def _check_domain(session: Session, value: Value, type_: Type) -> None:
    from harness.simulator.execute.stored import evaluate_stored  # noqa: PLC0415 - each stands on the other

    if type_.not_null and value is None:
        raise Refused("23502", f"domain {type_.name} does not allow null values", type_.name)
    for constraint in session.store.all(Constraint, "constraints", type_.oid):
        if constraint.kind is ConstraintKind.NOT_NULL and value is None:
            raise Refused("23502", f"domain {type_.name} does not allow null values", type_.name)
        if constraint.kind is ConstraintKind.CHECK:
            met = evaluate_stored(session, constraint.expression, Env(variables={"value": value}))
            if met is False:
                said = f'value for domain {type_.name} violates check constraint "{constraint.name}"'
                raise Refused("23514", said, type_.name, constraint.name)


def _built_in(session: Session, value: Value, type_: TypeName, explicit: bool) -> Value:  # noqa: PLR0911 - one line for each type
    name = type_.name
    if name in _TEXTS:
        return _text(value, type_, explicit)
    if name in _LOOKUPS:
        return _lookup(session, value, name)
    if isinstance(value, str):
        value = _read(value, name)
    if name in _SIZES:
        return _integer(value, name)
    if name == "numeric":
        return _numeric(value, type_)
    if name in ("float4", "float8"):
        return float(value) if isinstance(value, int | Decimal) else value
    if name == "bool":
        return bool(value) if isinstance(value, int) else value
    return _moment(value, name) if name in _DATES else _other(value, name)


def _read(text: str, name: str) -> Value:
    reader = READERS.get(name)
    if reader is None:
        return text
    try:
        return reader(text)
    except OverflowError:
        raise Refused("22008", f'date/time field value out of range: "{text}"') from None
    except ValueError:
        spoken = _SPOKEN.get(name, name)
        code = "22007" if name in _DATES else "22P02"
        said = f'invalid input syntax for type {spoken}: "{text}"'
        raise Refused(code, f"invalid input syntax for type {name}" if "json" in name else said) from None


def _text(value: Value, type_: TypeName, explicit: bool) -> Value:
    text = to_text(value)
    if not isinstance(text, str) or not type_.modifiers or type_.name not in ("varchar", "bpchar"):
        return PaddedText(text.rstrip(" ")) if isinstance(text, str) and type_.name == "bpchar" else text
    size = type_.modifiers[0]
    if len(text) > size and not explicit and text[size:].strip(" "):
        spoken = "character varying" if type_.name == "varchar" else "character"
        raise Refused("22001", f"value too long for type {spoken}({size})")
    text = text[:size]
    return PaddedText(text.rstrip(" ")) if type_.name == "bpchar" else text


def _lookup(session: Session, value: Value, name: str) -> Value:
    from harness.simulator import system  # noqa: PLC0415 - it stands on this room

    if isinstance(value, str | int):
        return getattr(system, name)(session, value)
    return value


def _integer(value: Value, name: str) -> Value:
    if isinstance(value, Decimal | float):
        rounding = ROUND_HALF_UP if isinstance(value, Decimal) else ROUND_HALF_EVEN
        number = Decimal(value)
        if not number.is_finite():
            raise Refused("22003", f"{_SPOKEN[name]} out of range")
        value = int(number.to_integral_value(rounding))
    if isinstance(value, Json):
        value = value.value
    if not isinstance(value, int):
        return UNKNOWN
    if not -(2 ** _SIZES[name]) <= value < 2 ** _SIZES[name]:
        raise Refused("22003", f"{_SPOKEN[name]} out of range")
    return int(value)


def _numeric(value: Value, type_: TypeName) -> Value:
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return UNKNOWN
    value = Decimal(value)
    if not type_.modifiers or not value.is_finite():
        return value
    precision, scale = (*type_.modifiers, 0)[:2]
    value = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT)
    if abs(value) >= Decimal(10) ** (precision - scale):
        raise Refused("22003", "numeric field overflow")
    return value


def _moment(value: Value, name: str) -> Value:
    """Return a date or time in another type of date or time."""
    if isinstance(value, dt.datetime):
        if name == "date":
            return value.date()
        if name == "time":
            return value.time()
        zone = dt.UTC if name == "timestamptz" else None
        return value.replace(tzinfo=zone) if value.tzinfo in (None, dt.UTC) else value
    if isinstance(value, dt.date) and name in ("timestamp", "timestamptz"):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC if name == "timestamptz" else None)
    if isinstance(value, dt.date | dt.time | Interval):
        return value
    return value if value is UNKNOWN or isinstance(value, Fresh) else UNKNOWN


def _other(value: Value, name: str) -> Value:
    if name in ranges.SUBTYPES:
        return _range(value, name)
    if name == "citext":
        return FoldedText(value) if isinstance(value, str) else UNKNOWN
    if name in ("json", "jsonb"):
        return value if isinstance(value, Json) else UNKNOWN
    if name == "uuid":
        return value if isinstance(value, UUID) else UNKNOWN
    return value


def _range(value: Value, name: str) -> Value:
    if not isinstance(value, str):
        return value if isinstance(value, Range) else UNKNOWN
    try:
        return ranges.read(value, lambda text: _read(text, ranges.SUBTYPES[name]))
    except ValueError:
        raise Refused("22P02", f'malformed range literal: "{value}"') from None


def to_text(value: Value) -> Any:  # noqa: PLR0911 - one line for each type
    """Return what a value prints as; UNKNOWN where that is not told by the value alone."""
    if value is None or value is UNKNOWN or isinstance(value, Fresh):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | UUID):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        texts = [to_text(each) for each in value]
        return (
            UNKNOWN if any(t is UNKNOWN or isinstance(t, Fresh) for t in texts) else arrays.write(value, _in_array)
        )
    return _plain(value)


def _in_array(value: Value) -> str:
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(to_text(value))


def _plain(value: Value) -> Any:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, Json):
        return value.text
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, dt.datetime):
        text = value.replace(tzinfo=None).isoformat(" ")
        text = text.rstrip("0") if value.microsecond else text
        return f"{text}+00" if value.tzinfo else text
    return value.isoformat() if isinstance(value, dt.date | dt.time) else UNKNOWN
