"""Which casts are known to be impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator import analyze
from harness.simulator.analyze.types import base_of

if TYPE_CHECKING:
    from harness.simulator.catalog.objects import TypeName
    from harness.simulator.session import Session

__all__ = ["base_of", "is_impossible"]


def is_impossible(session: Session, source: TypeName, target: TypeName, context: str) -> bool:
    """Whether it is certain that a value cannot be cast; `context` is implicit, assignment or explicit."""
    return analyze.can_cast(session, source, target, context) is False
