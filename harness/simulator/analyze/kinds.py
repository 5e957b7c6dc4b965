"""What a type is, for choosing among overloads (pg_type.typcategory and its kin)."""

from __future__ import annotations

from enum import Enum, auto

from harness.simulator.analyze import builtin, types
from harness.simulator.analyze.model import UNTYPED
from harness.simulator.catalog.objects import Other, Relation, Type, TypeKind, TypeName
from harness.simulator.session import Session

ANY = TypeName("any")
_STRICT = ("anyelement", "anyarray", "anynonarray", "anyenum", "anyrange", "anymultirange")
_LOOSE = ("array", "nonarray", "range", "multirange")
_ANY_TYPES = frozenset((*_STRICT, "anycompatible", *(f"anycompatible{each}" for each in _LOOSE)))


class Kind(Enum):
    """What sort of type a type is."""

    BUILTIN = auto()
    ARRAY = auto()
    ENUM = auto()
    RANGE = auto()
    DOMAIN = auto()
    ROW = auto()
    FOREIGN = auto()
    """One of which nothing is known but its name: an extension's, a base type in C, a multirange of one's own."""


def kind_of(session: Session, type_: TypeName) -> Kind:
    """Return what sort of type a type is."""
    if type_.is_array:
        return Kind.ARRAY
    if not type_.oid:
        return Kind.BUILTIN if types.is_known(type_) else Kind.FOREIGN
    found = session.store.get(type_.oid)
    if isinstance(found, Relation):
        return Kind.ROW
    if isinstance(found, Type):
        return _KINDS.get(found.kind, Kind.FOREIGN)
    return Kind.FOREIGN


_KINDS = {TypeKind.ENUM: Kind.ENUM, TypeKind.RANGE: Kind.RANGE, TypeKind.DOMAIN: Kind.DOMAIN}
_CATEGORIES = {Kind.ARRAY: "A", Kind.ENUM: "E", Kind.RANGE: "R", Kind.ROW: "C"}


def is_foreign(session: Session, type_: TypeName) -> bool:
    """Whether too little is known of a type to say what cannot be done with it."""
    type_ = types.base_of(session, type_)
    if type_.is_array:
        type_ = types.base_of(session, types.element(type_))
    return kind_of(session, type_) is Kind.FOREIGN


def category(session: Session, type_: TypeName) -> str:
    """Return typcategory of a type; a domain's is that of what it is made of."""
    type_ = types.base_of(session, type_)
    kind = kind_of(session, type_)
    return builtin.category(type_.name) if kind is Kind.BUILTIN else _CATEGORIES.get(kind, "U")


def is_preferred(type_: TypeName) -> bool:
    """Whether a type is the one that its category prefers."""
    return not type_.oid and not type_.is_array and builtin.is_preferred(type_.name)


def is_polymorphic(type_: TypeName) -> bool:
    """Whether an argument of this type takes several: anyelement and its kin."""
    return type_.name in _ANY_TYPES and not type_.oid


def has_own(session: Session, kind: str, name: str = "") -> bool:
    """Whether the ladder has made an object of a kind that `Other` holds (cast, operator) and of this name."""
    return any(other.kind == kind and name in ("", other.name) for other in session.store.each(Other))


def is_settled(type_: TypeName) -> bool:
    """Whether an expression has a type, and it is known."""
    return types.is_known(type_) and type_ != UNTYPED
