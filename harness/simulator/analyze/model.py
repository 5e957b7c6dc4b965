"""What an analysis gives, and what it carries along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Other, Ref, TypeName
from harness.simulator.errors import Refused

if TYPE_CHECKING:
    from harness.simulator.session import Session

UNTYPED = TypeName("unknown")
"""The type of a literal that nothing has given a type yet."""
BOOLEAN = TypeName("bool")
INTEGER = TypeName("int4")
TEXT = TypeName("text")


Literals = Mapping[int, TypeName]
"""Types of literals that are written without one, by their location in the statement."""
_ASSUMED = "assumed to be no error"


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
    literals: Literals = field(default_factory=dict)
    """What its literals without a type were read as."""


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
    settled: Literals = field(default_factory=dict)
    """Of a stored expression, what its literals were read as when it was stored."""
    literals: dict[int, TypeName] = field(default_factory=dict)
    """What literals have been read as."""

    def use(self, ref: Ref | None) -> None:
        """Write down that the query names this."""
        if ref is not None:
            self.depends.add(ref)

    def use_type(self, type_: TypeName) -> None:
        """Write down that the query names a type, if it is one of the ladder's own."""
        if type_.oid:
            self.depends.add(Ref(type_.oid))

    def refuse(self, sqlstate: str, message: str, *about: str) -> None:
        """Refuse the statement, unless that would be in the cold boot, which passes.

        What is then misunderstood here is so in the warm boot, too: the same is not refused there.
        """
        store = self.session.store
        if self.session.may_assume:
            self.session.assumed.append(f"no error: {message}")
            store.put(Other(oid=store.new_oid(), kind=_ASSUMED, name=message))
        elif store.one(Other, "other", _ASSUMED, 0, message) is None:
            raise Refused(sqlstate, message, *about)


Node = Any
"""A node of the parse tree, or the Node that wraps one."""
