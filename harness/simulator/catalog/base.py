"""What all objects of a database have: an oid, a name, keys to be found by, and what they depend on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """An object, or one of its columns by number."""

    oid: int
    column: int = 0


class Bond(StrEnum):
    """How an object depends on another (deptype)."""

    NORMAL = "n"
    """DROP of the other needs CASCADE."""
    AUTO = "a"
    """Goes with the other without CASCADE."""
    INTERNAL = "i"
    """A part of the other: goes with it, and cannot be dropped alone."""
    PARTITION = "P"
    """A partition's part of an index or constraint: goes with the whole, or with the partition."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """That an object (or its column `of`) depends on another."""

    on: Ref
    bond: Bond = Bond.NORMAL
    of: int = 0


@dataclass(frozen=True, slots=True)
class TypeName:
    """The type of a column, an argument or an expression."""

    name: str
    """typname of a built-in type (`int4`, `varchar`, ...); of one of the ladder's own, its name at that time."""
    oid: int = 0
    """The ladder's own type, domain, or table whose row it is; 0 for a built-in one."""
    modifiers: tuple[int, ...] = ()
    is_array: bool = False


NO_TYPE = TypeName("?")
"""A type of which nothing is known; it fits everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """Anything that has an oid."""

    oid: int
    name: str
    depends: frozenset[Dependency] = frozenset()

    def keys(self) -> tuple[Key, ...]:
        """Return the keys under which the store finds the object."""
        return ()
