"""Functions of numbers."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from harness.simulator.execute.functions import builtin
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


@builtin("abs")
def _abs(_session: Session, number: Value) -> Value:
    return abs(number)


@builtin("round")
def _round(_session: Session, number: Value, places: int = 0) -> Value:
    if isinstance(number, float):
        return float(round(number))
    return Decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@builtin("trunc")
def _trunc(_session: Session, number: Value) -> Value:
    return Decimal(math.trunc(number))


@builtin("ceil", "ceiling")
def _ceil(_session: Session, number: Value) -> Value:
    return Decimal(math.ceil(number))


@builtin("floor")
def _floor(_session: Session, number: Value) -> Value:
    return Decimal(math.floor(number))


@builtin("mod")
def _mod(_session: Session, number: Value, other: Value) -> Value:
    rest = abs(number) % abs(other)
    return -rest if number < 0 else rest


@builtin("sign")
def _sign(_session: Session, number: Value) -> Value:
    return (number > 0) - (number < 0)


@builtin("power", "pow")
def _power(_session: Session, number: Value, other: Value) -> Value:
    return float(number) ** float(other)


@builtin("sqrt")
def _sqrt(_session: Session, number: Value) -> Value:
    return math.sqrt(number)


@builtin("random", strict=False)
def _random(_session: Session, *bounds: Value) -> Value:
    return UNKNOWN if bounds else Fresh("random")


@builtin("to_number", "width_bucket", "setseed", "hashtext", strict=False)
def _not_worked_out(_session: Session, *_arguments: Value) -> Value:
    return UNKNOWN
