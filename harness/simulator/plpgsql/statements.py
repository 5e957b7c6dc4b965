"""SQL statements within PL/pgSQL, static and EXECUTEd, and where their rows go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.simulator.analyze.scope import Scope
from harness.simulator.catalog.objects import NO_TYPE
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.env import Env, Result
from harness.simulator.plpgsql import expressions, procedures
from harness.simulator.plpgsql.machine import Machine, Signal, runs
from harness.simulator.plpgsql.variables import assign
from harness.simulator.values import UNKNOWN, Fresh, Value
from harness.sql import tree as nodes
from harness.sql.plpgsql import tree

if TYPE_CHECKING:
    from harness.simulator.plpgsql.variables import Frame

_WORDS = re.compile(r"[a-z_][a-z0-9_$]*", re.IGNORECASE)
_TAKES_VARIABLES = frozenset({"DeclareCursorStmt", "ExplainStmt"})
"""Utility statements with a query in which variables may be named."""


@runs(tree.Assign)
def _assign(machine: Machine, part: tree.Assign) -> Signal | None:
    put(machine, part.target, machine.value(part.value))
    return None


def put(machine: Machine, target: tree.Target, value: Value) -> None:
    """Assign a value to a target."""
    subscripts = tuple(_subscript(machine, step) for step in target.path)
    variable, whole = assign(machine.frame, tree.Target(target.name, subscripts), value)
    machine.set(variable, whole)


def _subscript(machine: Machine, step: str) -> str:
    """Return a subscript as a number, where it can be told."""
    if not step.startswith("[") or step[1:-1].strip().isdigit() or ":" in step:
        return step
    return f"[{machine.value(step[1:-1])}]"


@runs(tree.Sql)
def _sql(machine: Machine, part: tree.Sql) -> Signal | None:
    found = expressions.statements(part.text)
    if not found:
        raise Unsure("the parser does not carry a statement in it")
    node = found[0]
    if node.DESCRIPTOR.name == "CallStmt":
        _call(machine, node)
        return None
    result = run(machine, node, machine.frame.env)
    if result is not None:
        into(machine, part.into, result, is_select=part.into is not None)
    return None


def _call(machine: Machine, node: Any) -> None:
    """Run a CALL; what its OUT arguments give goes to the variables that stand for them."""
    for expression, value in procedures.call(machine.session, node, machine.frame.env):
        if nodes.kind(expression) == "ColumnRef":
            name, *path = nodes.strings(expression.column_ref.fields)
            put(machine, tree.Target(name, tuple(path)), value)


def run(machine: Machine, node: Any, env: Env) -> Result | None:
    """Run a statement; the rows of a query, None of anything else."""
    from harness.simulator import play  # noqa: PLC0415 - it calls this room

    name = node.DESCRIPTOR.name
    if name in expressions.QUERIES and not (name == "SelectStmt" and node.HasField("into_clause")):
        return expressions.run(machine.session, node, env)
    if name in _TAKES_VARIABLES and not _names_in(node).isdisjoint(_variables(machine.frame)):
        raise Unsure("a statement in it stands on variables")
    before, machine.session.env = machine.session.env, env
    try:
        play.execute(machine.session, node)
    finally:
        machine.session.env = before
    return None


@lru_cache(maxsize=1000)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(text))


def _names_in(node: Any) -> frozenset[str]:
    return _words(str(node))


def _variables(frame: Frame) -> set[str]:
    return set(frame.visible()) - {"found"}


def into(machine: Machine, target: tree.Into | None, result: Result, *, is_select: bool = True) -> None:
    """Set FOUND, and put a result's first row where INTO says; the strict one refuses other numbers of rows."""
    row, is_there = expressions.first_row(result)
    machine.count(result)
    machine.found(is_there if is_select or result.changed is None else _any(result.changed))
    if target is None:
        return
    if target.is_strict:
        _check_strict(result, is_there)
    if row is None and is_there is False:
        row = (None,) * len(result.columns)
    spread(machine, target.targets, result.columns, row or ())


def _any(count: Value) -> Value:
    return UNKNOWN if count is UNKNOWN else count > 0


def _check_strict(result: Result, is_there: Value) -> None:
    if is_there is False:
        raise Refused("P0002", "query returned no rows")
    if len(result.rows) - len(result.doubtful) > 1:
        raise Refused("P0003", "query returned more than one row")


def spread(machine: Machine, targets: Sequence[tree.Target], columns: Sequence[str], row: Sequence[Value]) -> None:
    """Assign a row's values to scalars in order, or to one record; missing ones are NULL."""
    first = targets[0]
    variable = machine.frame.find(first.name)
    if len(targets) == 1 and not first.path and variable is not None and variable.is_record:
        machine.set(variable, _record(machine, first, columns, row))
        return
    for index, target in enumerate(targets):
        put(machine, target, row[index] if index < len(row) else None)


def _record(
    machine: Machine, target: tree.Target, columns: Sequence[str], row: Sequence[Value]
) -> dict[str, Value] | Value:
    """Return a row as a record's value; a variable of a table's row takes the values by their place."""
    from harness.simulator.catalog.objects import Relation  # noqa: PLC0415

    if len(row) == 1 and isinstance(row[0], dict):
        return row[0]
    type_ = machine.frame.require(target.name).type
    relation = machine.session.store.get(type_.oid) if type_.oid else None
    names = [column.name for column in relation.columns] if isinstance(relation, Relation) else columns
    return dict(zip(names, row, strict=False))


@runs(tree.Execute)
def _execute(machine: Machine, part: tree.Execute) -> Signal | None:
    result = dynamic(machine, part.text, part.using)
    if part.into is not None and result is not None:
        kept = machine.frame.require("found").value  # EXECUTE leaves FOUND as it is
        into(machine, part.into, result)
        machine.frame.require("found").value = kept
    elif result is not None:
        machine.count(result)
    return None


def dynamic(machine: Machine, expression: str, using: Sequence[str]) -> Result | None:
    """Run the statements of a text; the rows of the last one (22004 for NULL)."""
    nodes, env = read(machine, expression, using)
    result = None
    for node in nodes:
        result = run(machine, node, env)
    return result


def read(machine: Machine, expression: str, using: Sequence[str]) -> tuple[Sequence[Any], Env]:
    """Return the statements of a text, and what they are run in."""
    text = machine.value(expression)
    if text is None:
        raise Refused("22004", "query string argument of EXECUTE is null")
    if text is UNKNOWN or isinstance(text, Fresh):
        raise Unsure(f"the text of EXECUTE is not known: {' '.join(expression.split())[:80]}")
    values = {f"${n}": machine.value(each) for n, each in enumerate(using, start=1)}
    env = Env(variables=values, scope=Scope.with_variables(dict.fromkeys(values, NO_TYPE)))
    return expressions.statements(str(text)), env
