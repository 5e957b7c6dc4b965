"""RAISE, ASSERT and GET DIAGNOSTICS: what a body says, and asks about itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.simulator.errors import Refused, Unsure
from harness.simulator.plpgsql import conditions, expressions
from harness.simulator.plpgsql.machine import Machine, Signal, runs
from harness.simulator.plpgsql.statements import put
from harness.simulator.values import UNKNOWN, Fresh, Value
from harness.sql.plpgsql import tree

_QUIET = frozenset({"debug", "log", "info", "notice", "warning"})


@runs(tree.Raise)
def _raise(machine: Machine, part: tree.Raise) -> Signal | None:
    if part.is_again:
        if not machine.errors:
            raise Refused("0Z002", "RAISE without parameters cannot be used outside an exception handler")
        raise machine.errors[-1]
    values = [_said(machine, text) for text in part.arguments]
    options = {name: _said(machine, text) for name, text in part.options}
    if part.level in _QUIET:
        return None
    condition = part.condition or options.get("errcode", "")
    if condition is UNKNOWN or isinstance(condition, Fresh):
        raise Unsure("an error is raised whose code is not known")
    code = conditions.sqlstate_of(str(condition)) if condition else "P0001"
    message = options.get("message") if part.format is None else _formatted(part.format, values)
    raise Refused(code, _shown(message) if message is not None else part.condition or code)


def _said(machine: Machine, text: str) -> Value:
    """Return a value that a message has; UNKNOWN where it cannot be computed."""
    try:
        return machine.value(text)
    except Unsure:
        return UNKNOWN


def _shown(value: Value) -> str:
    from harness.simulator.execute.coerce import to_text  # noqa: PLC0415 - it calls this room

    if value is None:
        return "<NULL>"
    text = to_text(value)
    return text if isinstance(text, str) else "..."


def _formatted(format_: str, values: Sequence[Value]) -> str:
    """Put values in the places of %; %% is one."""
    given = iter(values)
    parts = format_.split("%%")
    return "%".join("".join(_filled(part.split("%"), given)) for part in parts)


def _filled(pieces: list[str], given: Iterator[Value]) -> Iterator[str]:
    yield pieces[0]
    for piece in pieces[1:]:
        yield _shown(next(given, None)) + piece


@runs(tree.Assert)
def _assert(machine: Machine, part: tree.Assert) -> Signal | None:
    truth = expressions.truth(machine.session, part.condition, machine.frame.env)
    if truth is UNKNOWN:
        if machine.session.may_assume:
            return None
        raise Unsure(f"it depends on {' '.join(part.condition.split())[:80]}")
    if not truth:
        raise Refused("P0004", _shown(_said(machine, part.message)) if part.message else "assertion failed")
    return None


@runs(tree.Diagnostics)
def _diagnostics(machine: Machine, part: tree.Diagnostics) -> Signal | None:
    for target, item in part.items:
        put(machine, target, _stacked(machine, item) if part.is_stacked else _current(machine, item))
    return None


def _current(machine: Machine, item: str) -> Value:
    return machine.row_count if item == "row_count" else UNKNOWN


def _stacked(machine: Machine, item: str) -> Value:
    if not machine.errors:
        raise Refused("0Z002", "GET STACKED DIAGNOSTICS cannot be used outside an exception handler")
    error = machine.errors[-1]
    return {"returned_sqlstate": error.sqlstate, "message_text": error.message}.get(item, UNKNOWN)


@runs(tree.EndTransaction)
def _end_transaction(_machine: Machine, part: tree.EndTransaction) -> Signal | None:
    if not part.is_commit:
        raise Unsure("it rolls back within")
    return None
