"""format(), quote_ident() and their kin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from harness.simulator.errors import Refused
from harness.simulator.execute.coerce import to_text
from harness.simulator.execute.functions import builtin
from harness.simulator.system.definitions import quote_ident, quote_literal
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_SPECIFIER = re.compile(r"%(?:%|(?:(\d+)\$)?(-?\d*)([sIL]))")


@builtin("quote_ident")
def _quote_ident(_session: Session, text: Value) -> Value:
    return _mapped(quote_ident, text)


@builtin("quote_literal")
def _quote_literal(_session: Session, value: Value) -> Value:
    return _mapped(quote_literal, value)


@builtin("quote_nullable", strict=False)
def _quote_nullable(_session: Session, value: Value) -> Value:
    return "NULL" if value is None else _mapped(quote_literal, value)


def _mapped(change: Callable[[str], str], value: Value) -> Value:
    text = to_text(value)
    return change(text) if isinstance(text, str) else UNKNOWN


@builtin("format", strict=False)
def _format(_session: Session, text: Value = None, *arguments: Value) -> Value:
    """Return a text with its arguments in place (postgresql.org/docs/current/functions-string.html)."""
    if text is None or not isinstance(text, str):
        return None if text is None else UNKNOWN
    out, at, place = [], 0, 0
    for match in _SPECIFIER.finditer(text):
        out.append(text[at : match.start()])
        at = match.end()
        if match[3] is None:
            out.append("%")
            continue
        place = int(match[1]) if match[1] else place + 1
        shown = _shown(match[3], _argument(arguments, place))
        if shown is UNKNOWN or match[2].startswith("-"):
            return UNKNOWN
        out.append(shown.rjust(int(match[2] or 0)))
    if "%" in (rest := text[at:]):
        raise Refused("22023", f'unrecognized format() type specifier "{rest[rest.index("%") + 1 :][:1]}"')
    return "".join([*out, rest])


def _argument(arguments: Sequence[Value], place: int) -> Value:
    if not 0 < place <= len(arguments):
        raise Refused("22023", "too few arguments for format()")
    return arguments[place - 1]


def _shown(kind: str, value: Value) -> Value:
    """Return an argument as %s, %I or %L has it; UNKNOWN where it is not known."""
    if value is UNKNOWN or isinstance(value, Fresh):
        return UNKNOWN
    if value is None:
        if kind == "I":
            raise Refused("22004", "null values cannot be formatted as an SQL identifier")
        return "" if kind == "s" else "NULL"
    if kind == "s":
        return _mapped(str, value)
    return _mapped(quote_ident if kind == "I" else quote_literal, value)
