"""What a boot does to a database: a ladder replayed on a real Postgres, and snapshots of a stack's databases.

The package can be called: `from harness import replay; replay("migrations")` is `harness.replay.api.replay`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.replay.model import Replay


class _Callable(ModuleType):
    """A module that is a function, too (docs.python.org/3/reference/datamodel.html, "Module attributes")."""

    def __call__(self, *args: Any, **named: Any) -> Replay:
        from harness.replay.api import replay  # noqa: PLC0415 - psycopg and the parser

        return replay(*args, **named)


sys.modules[__name__].__class__ = _Callable
