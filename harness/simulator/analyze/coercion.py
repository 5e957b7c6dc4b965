"""What can be cast to what, and the type that several expressions have in common (parse_coerce.c)."""

from __future__ import annotations

from collections.abc import Sequence

from harness.simulator.analyze import types
from harness.simulator.analyze.model import UNTYPED, Node, Work
from harness.simulator.catalog.objects import NO_TYPE, TypeName


def cast(work: Work, node: Node, source: TypeName, target: TypeName) -> None:
    """Check an explicit cast (42846)."""


def require_boolean(work: Work, node: Node, type_: TypeName, what: str) -> None:
    """Refuse what is no condition (42804)."""


def common_type(work: Work, several: Sequence[tuple[Node, TypeName]], what: str) -> TypeName:
    """Return the type of CASE, COALESCE, UNION and the like (42804)."""
    found = [type_ for _, type_ in several if type_ != UNTYPED]
    if not found:
        return TypeName("text")
    if all(types.same(type_, found[0]) for type_ in found):
        return found[0] if all(type_ == found[0] for type_ in found) else types.bare(found[0])
    return NO_TYPE


def assign(work: Work, node: Node, source: TypeName, target: TypeName, column: str) -> None:
    """Check that an expression can be stored in a column (42804)."""
