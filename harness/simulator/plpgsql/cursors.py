"""Cursors: opened over a query, fetched row by row."""

from __future__ import annotations

from collections.abc import Sequence

from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.env import Result
from harness.simulator.plpgsql import expressions, statements
from harness.simulator.plpgsql.declare import type_of
from harness.simulator.plpgsql.machine import Machine, Signal, runs
from harness.simulator.plpgsql.variables import Frame, Opened, Variable
from harness.simulator.values import UNKNOWN
from harness.sql.plpgsql import tree

_FORWARD = frozenset({"", "next", "forward"})


def open_bound(machine: Machine, name: str, arguments: Sequence[str]) -> Result:
    """Return the rows of a cursor that was declared with its query."""
    cursor = machine.frame.require(name).cursor
    if cursor is None:
        raise Refused("42601", f'cursor "{name}" is not bound', name)
    given = Frame({}, machine.frame, name, machine.frame.conflict)
    for (argument, type_), text in zip(cursor.arguments, arguments, strict=False):
        value = text.split(":=", 1)[-1] if ":=" in text else text
        variable = given.add(argument, Variable(type_of(machine, type_)))
        machine.set(variable, machine.value(value))
    return _query(machine, cursor.query, given)


def _query(machine: Machine, text: str, frame: Frame) -> Result:
    found = expressions.statements(text)
    result = statements.run(machine, found[0], frame.env) if found else None
    if result is None:
        raise Unsure("a cursor is over something that gives no rows")
    return result


@runs(tree.Open)
def _open(machine: Machine, part: tree.Open) -> Signal | None:
    variable = machine.frame.require(part.name)
    if variable.opened is not None:
        raise Refused("42P03", f'cursor "{part.name}" already in use', part.name)
    if not part.query:
        result: Result | None = open_bound(machine, part.name, part.arguments)
    elif part.is_dynamic:
        result = statements.dynamic(machine, part.query, part.using)
    else:
        result = _query(machine, part.query, machine.frame)
    variable.opened = Opened(result or Result(is_complete=False))
    variable.value = UNKNOWN  # its portal's name
    return None


@runs(tree.Fetch)
def _fetch(machine: Machine, part: tree.Fetch) -> Signal | None:
    variable = machine.frame.require(part.name)
    opened = variable.opened
    if opened is None:
        if variable.value is UNKNOWN:
            raise Unsure("a cursor that comes from elsewhere is read")
        raise Refused("34000", f'cursor "{part.name}" does not exist', part.name)
    if part.direction not in _FORWARD or not opened.result.is_exact:
        raise Unsure(f"what cursor {part.name} gives is not known")
    rows = opened.result.rows[opened.at : opened.at + 1]
    opened.at += 1
    if part.into is not None:
        row = rows[0] if rows else (None,) * len(opened.result.columns)
        statements.spread(machine, part.into.targets, opened.result.columns, row)
    machine.found(bool(rows))
    return None


@runs(tree.Close)
def _close(machine: Machine, part: tree.Close) -> Signal | None:
    machine.frame.require(part.name).opened = None
    return None
