"""anyelement and its kin: whether the arguments of a call agree, and what it gives (parse_coerce.c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.simulator.analyze import builtin, coercion, kinds, types
from harness.simulator.analyze.kinds import Kind
from harness.simulator.analyze.model import UNTYPED
from harness.simulator.catalog.objects import NO_TYPE, Type, TypeName
from harness.simulator.session import Session

_ARRAYS = ("anyarray", "oidvector", "int2vector")
_LISTS = {"array": "arrays", "range": "ranges", "multirange": "multiranges"}


@dataclass(slots=True)
class _Family:
    """What the arguments of one family (anyelement's or anycompatible's) say."""

    elements: list[TypeName] = field(default_factory=list)
    """What the arguments are, or hold, in the order of the call."""
    arrays: list[TypeName] = field(default_factory=list)
    ranges: list[TypeName] = field(default_factory=list)
    multiranges: list[TypeName] = field(default_factory=list)
    is_unknown: bool = False
    """An argument has no type that is known."""


def agree(session: Session, declared: Sequence[TypeName], actual: Sequence[TypeName]) -> bool:
    """Whether a call's types fit a function's polymorphic ones (check_generic_type_consistency)."""
    return resolve(session, declared, actual, NO_TYPE) is not None


def resolve(
    session: Session, declared: Sequence[TypeName], actual: Sequence[TypeName], result: TypeName
) -> TypeName | None:
    """Return what a call gives; NO_TYPE where that cannot be told, None where its arguments do not agree."""
    families = {"any": _Family(), "anycompatible": _Family()}
    for wanted, given in zip(declared, actual, strict=False):
        if kinds.is_polymorphic(wanted) and not _collect(session, families[_family(wanted)], wanted, given):
            return None
    elements: dict[str, TypeName | None] = {}
    for name, family in families.items():
        elements[name] = _element(session, family, is_strict=name == "any")
        if elements[name] is None:
            return None
    if not kinds.is_polymorphic(result):
        return result
    name = _family(result)
    return _result(families[name], elements[name] or NO_TYPE, result)


def _family(type_: TypeName) -> str:
    return "anycompatible" if type_.name.startswith("anycompatible") else "any"


def _collect(session: Session, family: _Family, wanted: TypeName, given: TypeName) -> bool:
    """Note what an argument says of its family; False where it does not fit at all."""
    if given == UNTYPED:
        return True
    if not types.is_known(given):
        family.is_unknown = True
        return True
    word = wanted.name.removeprefix("anycompatible").removeprefix("any")
    given = types.bare(given)
    based = types.bare(types.base_of(session, given))
    if word in _LISTS:
        getattr(family, _LISTS[word]).append(based)
        given = _within(session, word, based)
    family.elements.append(given)
    return _is_of(session, word, based)


def _is_of(session: Session, word: str, type_: TypeName) -> bool:
    """Whether a type is an array, a range, an enum."""
    kind = kinds.kind_of(session, type_)
    if kind is Kind.FOREIGN:
        return True
    match word:
        case "array":
            return type_.is_array or type_.name in _ARRAYS
        case "range":
            return kind is Kind.RANGE or builtin.range_of(type_.name) is not None
        case "multirange":
            return builtin.multirange_of(type_.name) is not None
        case "enum":
            return kind is Kind.ENUM
    return word != "nonarray" or not type_.is_array


def _within(session: Session, word: str, type_: TypeName) -> TypeName:
    """Return the type of what an array or a range holds."""
    if word == "array":
        return types.element(type_) if type_.is_array else NO_TYPE
    own = session.store.get(type_.oid) if type_.oid else None
    if isinstance(own, Type):
        return types.bare(own.base)
    pair = builtin.range_of(type_.name) if word == "range" else builtin.multirange_of(type_.name)
    return NO_TYPE if pair is None else pair[0]


def _element(session: Session, family: _Family, *, is_strict: bool) -> TypeName | None:
    """Return what the family's element type is; NO_TYPE where nothing says, None where they do not agree."""
    found = family.elements
    if family.is_unknown or not found or not all(map(types.is_known, found)):
        return NO_TYPE
    if not is_strict:
        return coercion.select_common(session, found)
    return found[0] if all(each == found[0] for each in found) else None


def _result(family: _Family, element: TypeName, result: TypeName) -> TypeName:
    word = result.name.removeprefix("anycompatible").removeprefix("any")
    match word:
        case "array":
            return types.array_of(element) if types.is_known(element) else (family.arrays or [NO_TYPE])[0]
        case "range":
            if family.ranges:
                return family.ranges[0]
            pair = builtin.multirange_of(family.multiranges[0].name) if family.multiranges else None
            return pair[1] if pair else NO_TYPE
        case "multirange":
            if family.multiranges:
                return family.multiranges[0]
            pair = builtin.range_of(family.ranges[0].name) if family.ranges else None
            return pair[1] if pair else NO_TYPE
    return element
