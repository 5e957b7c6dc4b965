"""One module a family of statements: what each makes of the catalog, or why Postgres refuses it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Unsure

if TYPE_CHECKING:
    from harness.simulator.session import Session

Handler = Callable[["Session", Any], None]

_HANDLERS: dict[str, Handler] = {}
_MODULES = (
    "table", "alter_table", "alter_table_columns", "alter_table_type", "alter_table_constraints",
    "alter_table_inherit", "alter_table_other", "index", "rename", "move", "drop",
    "view", "type_", "domain", "function", "trigger", "policy", "schema", "extension", "role", "grant", "comment",
    "sequence", "other", "foreign", "define", "dml", "block", "settings",
)  # fmt: skip


def plays(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler for the parse tree's nodes of these names."""

    def register(handler: Handler) -> Handler:
        _HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


@cache
def _load() -> None:
    """Import all modules of handlers, once; they import this one, and so cannot stand at its top."""
    for module in _MODULES:
        import_module(f"{__name__}.{module}")


def execute(session: Session, node: Any) -> None:
    """Carry out one statement.

    Refused where Postgres would refuse it, Unsure where that cannot be told; the store may then hold half of what
    the statement does, and is for the caller to roll back.
    """
    _load()
    name = node.DESCRIPTOR.name
    handler = _HANDLERS.get(name)
    if handler is None:
        raise Unsure(f"{name} is not understood")
    handler(session, node)
