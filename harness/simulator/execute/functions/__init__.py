"""Postgres's own functions: `BUILTINS` by name, registered with `@builtin`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from harness.simulator.execute import logic
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

Builtin = Callable[..., Any]
"""Called with the session and the arguments; gives a Value, or a Result where it returns a set."""

BUILTINS: dict[str, Builtin] = {}
_MODULES = ("strings", "numbers", "dates", "arrays", "documents", "sequences", "others")
_KEEP = frozenset(
    [
        "lower",
        "upper",
        "md5",
        "replace",
        "encode",
        "decode",
        "substr",
        "substring",
        "left",
        "right",
        "concat",
        "btrim",
        "ltrim",
        "rtrim",
        "translate",
        "overlay",
        "to_char",
        "date_trunc",
        "timezone",
        "to_timestamp",
        "digest",
        "hmac",
        "crypt",
        "text",
        "uuid",
        "sha256",
        "sha512",
        "reverse",
        "lpad",
        "rpad",
    ]
)
"""Functions of something fresh that give something fresh."""


def builtin(*names: str, strict: bool = True) -> Callable[[Builtin], Builtin]:
    """Register a function under these names.

    A strict one is called with known arguments only, none of them NULL: it gives NULL for a NULL, UNKNOWN for what
    is not known. Others get what there is.
    """

    def register(function: Builtin) -> Builtin:
        for name in names:
            BUILTINS[name] = _strict(function, name) if strict else _safe(function)
        return function

    return register


def _strict(function: Builtin, name: str) -> Builtin:
    safe = _safe(function)

    def call(session: Session, *arguments: Value, **named: Value) -> Any:
        given = (*arguments, *named.values())
        if any(argument is None for argument in given):
            return None
        if any(argument is UNKNOWN for argument in given):
            return UNKNOWN
        fresh = next((argument for argument in given if isinstance(argument, Fresh)), None)
        if fresh is not None:
            return logic.derived(fresh) if name in _KEEP else UNKNOWN
        return safe(session, *arguments, **named)

    return call


def _safe(function: Builtin) -> Builtin:
    """Return a function that gives UNKNOWN for arguments that it does not understand."""

    def call(session: Session, *arguments: Value, **named: Value) -> Any:
        try:
            return function(session, *arguments, **named)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError):
            return UNKNOWN

    return call


def load() -> dict[str, Builtin]:
    """Return all functions of this room and of those that register theirs here."""
    if "lower" not in BUILTINS:
        for module in _MODULES:
            import_module(f"{__name__}.{module}")
        import_module("harness.simulator.system")
    return BUILTINS
