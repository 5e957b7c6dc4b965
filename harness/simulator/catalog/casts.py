"""Which casts are known to be impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator import analyze
from harness.simulator.analyze.types import base_of
from harness.simulator.catalog.objects import TypeName
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.session import Session

__all__ = ["base_of", "differ", "is_impossible", "require_condition"]

_BOOLEAN = TypeName("bool")


def is_impossible(session: Session, source: TypeName, target: TypeName, context: str) -> bool:
    """Whether it is certain that a value cannot be cast; `context` is implicit, assignment or explicit."""
    return analyze.can_cast(session, source, target, context) is False


def differ(one: TypeName, two: TypeName) -> bool:
    """Whether two types are known, and not the same."""
    if "?" in (one.name, two.name):
        return False
    if one.oid or two.oid:
        return (one.oid, one.is_array) != (two.oid, two.is_array)
    return one != two


def require_condition(session: Session, given: TypeName, clause: str) -> None:
    """Refuse an expression that is no condition (42804)."""
    if is_impossible(session, given, _BOOLEAN, "assignment"):
        shown = analyze.format_type(session, given)
        raise Refused("42804", f"argument of {clause} must be type boolean, not type {shown}")
