"""Loops over numbers, rows and arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.simulator.catalog.objects import TypeName
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.coerce import coerce
from harness.simulator.execute.env import Result
from harness.simulator.plpgsql import cursors, expressions, statements
from harness.simulator.plpgsql.machine import Machine, Signal, rounds, runs
from harness.simulator.plpgsql.variables import Frame, Variable
from harness.simulator.values import UNKNOWN, Value
from harness.sql.plpgsql import tree

_INTEGER = TypeName("int4")


@runs(tree.ForInteger)
def _for_integer(machine: Machine, part: tree.ForInteger) -> Signal | None:
    bounds = [_integer(machine, text) for text in (part.lower, part.upper, part.step)]
    variable = Variable(_INTEGER)
    outer = machine.frame
    machine.frame = Frame({part.name: variable}, outer, part.label, outer.conflict)
    try:
        if any(bound is UNKNOWN for bound in bounds):
            machine.found(UNKNOWN)
            _perhaps(machine, part, _setter(variable, UNKNOWN), f"a loop from {part.lower}")
            return None
        numbers = _numbers(*bounds, is_reverse=part.is_reverse)
        signal = rounds(machine, part.label, part.body, (_setter(variable, number) for number in numbers))
        machine.found(bool(numbers))
        return signal
    finally:
        machine.frame = outer


def _numbers(lower: int, upper: int, step: int, *, is_reverse: bool) -> range:
    if step <= 0:
        raise Refused("22023", "BY value of FOR loop must be greater than zero")
    return range(lower, upper - 1, -step) if is_reverse else range(lower, upper + 1, step)


def _integer(machine: Machine, text: str) -> Value:
    value = coerce(machine.session, machine.value(text), _INTEGER)
    if value is None:
        raise Refused("22004", "bound of FOR loop cannot be null")
    return value if isinstance(value, int) else UNKNOWN


def _setter(variable: Variable, value: Value) -> Callable[[], None]:
    return lambda: setattr(variable, "value", value)


def _perhaps(
    machine: Machine, part: tree.ForInteger | tree.ForQuery | tree.ForEach, prepare: Callable[[], None], what: str
) -> None:
    """Run a loop of which it is not known how often it turns."""
    machine.perhaps(part.body, part.label, f"it is not known how often {what} turns", prepare)


@runs(tree.ForQuery)
def _for_query(machine: Machine, part: tree.ForQuery) -> Signal | None:
    result = _rows(machine, part)
    outer = machine.frame
    if part.is_cursor:  # its loop variable is declared by the loop
        record = Variable(TypeName("record"), is_record=True)
        machine.frame = Frame({part.targets[0].name: record}, outer, part.label, outer.conflict)
    try:
        signal = _over(machine, part, result)
    finally:
        machine.frame = outer
    machine.found(bool(result.rows) if result.is_exact else UNKNOWN)
    return signal


def _over(machine: Machine, part: tree.ForQuery, result: Result) -> Signal | None:
    unknown = (UNKNOWN,) * len(result.columns)
    steps = _steps(machine, part.targets, result.columns, result.rows)
    if result.is_exact:
        return rounds(machine, part.label, part.body, steps)
    what = "a loop over " + " ".join(part.query.split())[:80]
    prepare = next(_steps(machine, part.targets, result.columns, [unknown]))
    _perhaps(machine, part, prepare, what)
    return None


def _steps(
    machine: Machine, targets: Sequence[tree.Target], columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> Iterator[Callable[[], None]]:
    for row in rows:
        yield lambda row=row: statements.spread(machine, targets, columns, row)  # type: ignore[misc]


def _rows(machine: Machine, part: tree.ForQuery) -> Result:
    if part.is_cursor:
        return cursors.open_bound(machine, part.query, part.arguments)
    if part.is_dynamic:
        result = statements.dynamic(machine, part.query, part.arguments)
    else:
        found = expressions.statements(part.query)
        result = statements.run(machine, found[0], machine.frame.env) if found else None
    if result is None:
        raise Unsure("a loop is over something that gives no rows")
    return result


@runs(tree.ForEach)
def _for_each(machine: Machine, part: tree.ForEach) -> Signal | None:
    array = machine.value(part.array)
    if array is None:
        raise Refused("22004", "FOREACH expression must not be null")
    if not isinstance(array, list):
        machine.found(UNKNOWN)
        _perhaps(machine, part, lambda: _element(machine, part, UNKNOWN), "a loop over an array")
        return None
    items = array if part.slice else list(_flat(array))
    signal = rounds(machine, part.label, part.body, (_stepper(machine, part, item) for item in items))
    machine.found(bool(items))
    return signal


def _flat(array: list[Value]) -> Iterator[Value]:
    for item in array:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _stepper(machine: Machine, part: tree.ForEach, item: Value) -> Callable[[], None]:
    return lambda: _element(machine, part, item)


def _element(machine: Machine, part: tree.ForEach, item: Value) -> None:
    if isinstance(item, dict):
        statements.spread(machine, part.targets, list(item), list(item.values()))
    else:
        statements.spread(machine, part.targets, ("",), (item,))
