"""Which values belong to a partition, as far as constants tell it (partbounds.c)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation
from harness.simulator.errors import Refused
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

Point = tuple[int, object]
"""A value in the order of its kind: below all, the value, above all."""


def refuse_overlap(session: Session, parent: Relation, name: str, bound: Any) -> None:
    """Refuse a second default partition, and one for values that another has already (42P17)."""
    for other in session.store.all(Relation, "children", parent.oid):
        theirs = next((value for key, value in other.settings if key == "bound"), None)
        if theirs is None:
            continue
        if bound.is_default and getattr(theirs, "is_default", False):
            said = f'partition "{name}" conflicts with existing default partition "{other.name}"'
            raise Refused("42P17", said, name, other.name)
        if _overlap(bound, theirs):
            raise Refused("42P17", f'partition "{name}" would overlap partition "{other.name}"', name, other.name)


def _overlap(one: Any, two: Any) -> bool:
    """Whether two partitions certainly have a value in common."""
    if one.is_default or two.is_default or one.strategy != two.strategy:
        return False
    if one.listdatums:
        mine, theirs = (_constants(each.listdatums) for each in (one, two))
        return any(value in theirs for value in mine)
    if one.modulus:
        smaller, larger = sorted((one, two), key=lambda each: int(each.modulus))
        return bool(larger.remainder % smaller.modulus == smaller.remainder)
    return _ranges_overlap(one, two)


def _ranges_overlap(one: Any, two: Any) -> bool:
    points = [_points(items) for each in (one, two) for items in (each.lowerdatums, each.upperdatums)]
    if any(point is None for point in points):
        return False
    low, high, other_low, other_high = points
    try:
        return low < other_high and other_low < high  # type: ignore[operator]
    except TypeError:
        return False


def _points(items: Any) -> list[Point] | None:
    """Return a range's end, None where it is not made of constants."""
    found: list[Point] = []
    for item in items:
        node = tree.inner(item)
        if tree.kind(node) == "PartitionRangeDatum":
            place = {"PARTITION_RANGE_DATUM_MINVALUE": -1, "PARTITION_RANGE_DATUM_MAXVALUE": 1}
            kind = tree.enum(node, "kind")
            if kind in place:
                found.append((place[kind], 0))
                continue
            node = tree.inner(node.value)
        if tree.kind(node) == "ColumnRef":
            word = node.fields[-1].string.sval
            found.append((-1 if word == "minvalue" else 1, 0))
            continue
        value = _constant(node)
        if value is None:
            return None
        found.append((0, value))
    return found


def _read(text: str) -> object:
    """Return a text as the number or the moment that it spells; itself where it spells neither."""
    from harness.simulator.execute import literals  # noqa: PLC0415 - the rooms call each other

    for read in (literals.integer, literals.timestamptz):
        with suppress(ValueError, OverflowError):
            value = read(text)
            if isinstance(value, int | datetime):
                return value
    return text


def _constants(items: Any) -> list[object]:
    return [value for item in items if (value := _constant(tree.inner(item))) is not None]


def _constant(node: Any) -> object:
    """Return a constant's value; None where it is no number and no text."""
    while node is not None and tree.kind(node) == "TypeCast":
        node = tree.inner(node.arg)
    if node is None or tree.kind(node) != "A_Const":
        return None
    match node.WhichOneof("val"):
        case "ival":
            return int(node.ival.ival)
        case "sval":
            return _read(str(node.sval.sval))
        case "boolval":
            return bool(node.boolval.boolval)
    return None
