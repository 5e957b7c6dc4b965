"""What an analysis gives, and what it carries along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Other, Ref, TypeName

if TYPE_CHECKING:
    from harness.simulator.session import Session

UNTYPED = TypeName("unknown")
"""The type of a literal that nothing has given a type yet."""
BOOLEAN = TypeName("bool")
INTEGER = TypeName("int4")
TEXT = TypeName("text")


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a query gives."""

    name: str
    type: TypeName


@dataclass(frozen=True, slots=True)
class Typed:
    """What is known of an expression: its type, and the objects and columns that it names."""

    type: TypeName
    depends: frozenset[Ref]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a query: what it gives, and the objects and columns that it names."""

    columns: tuple[Output, ...]
    depends: frozenset[Ref]
    is_open: bool = False
    """There may be more columns than these: something in it is not known."""


@dataclass(slots=True)
class Work:
    """One analysis under way."""

    session: Session
    depends: set[Ref] = field(default_factory=set)
    depth: int = 0

    def use(self, ref: Ref | None) -> None:
        """Write down that the query names this."""
        if ref is not None:
            self.depends.add(ref)

    def use_type(self, type_: TypeName) -> None:
        """Write down that the query names a type, if it is one of the ladder's own."""
        if type_.oid:
            self.depends.add(Ref(type_.oid))

    def assume(self, kind: str, name: str) -> None:
        """Write down that something was there before the cold boot; from then on it is (`assumed`)."""
        session = self.session
        if not self.is_assumed(kind, name):
            session.assumed.append(f"{kind} {name}")
            session.store.put(Other(oid=session.store.new_oid(), kind=f"assumed {kind}", name=name))

    def is_assumed(self, kind: str, name: str) -> bool:
        """Whether something was there before the cold boot."""
        return self.session.store.one(Other, "other", f"assumed {kind}", 0, name) is not None


Node = Any
"""A node of the parse tree, or the Node that wraps one."""
