"""Which casts are known to be impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator import analyze
from harness.simulator.analyze.types import base_of

if TYPE_CHECKING:
    from harness.simulator.catalog.objects import TypeName
    from harness.simulator.session import Session

__all__ = ["base_of", "is_impossible"]

_OPEN = frozenset(("?", "unknown"))


def is_impossible(session: Session, source: TypeName, target: TypeName, context: str) -> bool:
    """Whether it is certain that a value cannot be cast; `context` is implicit, assignment or explicit."""
    if source.name in _OPEN or target.name in _OPEN or not hasattr(analyze, "can_cast"):
        return False
    return analyze.can_cast(base_of(session, source), base_of(session, target), context) is False
