"""What can be cast to what, and the type that several expressions have in common (parse_coerce.c)."""

from __future__ import annotations

from collections.abc import Sequence

from harness.simulator.analyze import builtin, kinds, literals, types
from harness.simulator.analyze.kinds import Kind
from harness.simulator.analyze.model import BOOLEAN, TEXT, UNTYPED, Node, Work
from harness.simulator.catalog.objects import NO_TYPE, Relation, TypeName
from harness.simulator.session import Session

_CONTEXTS = {"implicit": "i", "assignment": "ia", "explicit": "iae"}
_VECTORS = ("oidvector", "int2vector")


def can_cast(session: Session, source: TypeName, target: TypeName, context: str) -> bool | None:
    """Whether a value of one type becomes one of another; None where that cannot be told.

    The context is `implicit` (in an expression), `assignment` (to a column) or `explicit` (a cast that is written).
    """
    found = becomes(session, source, target, context)
    return None if found is False and kinds.has_own(session, "cast") else found


def becomes(session: Session, source: TypeName, target: TypeName, context: str) -> bool | None:
    """Answer as `can_cast`, as far as Postgres's own casts go (can_coerce_type)."""
    if not (types.is_known(source) and types.is_known(target)):
        return None
    source, target = types.bare(source), types.bare(target)
    if source in (target, UNTYPED) or target == kinds.ANY or kinds.is_polymorphic(target):
        return True
    found = _pathway(session, source, target, context)
    if found is False and (source.oid or target.oid):
        return _is_row(session, source, target) or _inherits(session, source, target)
    return found


def _pathway(session: Session, source: TypeName, target: TypeName, context: str) -> bool | None:
    """Follow find_coercion_pathway: pg_cast, then arrays by their elements, then by way of text."""
    source = types.bare(types.base_of(session, source))
    target = types.bare(types.base_of(session, target))
    if source == target:
        return True
    how = builtin.casts(source.name).get(target.name) if _is_plain(source) and _is_plain(target) else None
    if how is not None:
        return how in _CONTEXTS[context]
    if source.is_array and target.is_array:
        found = _pathway(session, types.element(source), types.element(target), context)
        if found is not False:
            return found
    elif kinds.is_foreign(session, source) or kinds.is_foreign(session, target):
        return None
    if context != "implicit" and kinds.category(session, target) == "S":
        return True
    return context == "explicit" and kinds.category(session, source) == "S"


def _is_plain(type_: TypeName) -> bool:
    return not type_.oid and not type_.is_array


def _is_row(session: Session, source: TypeName, target: TypeName) -> bool:
    """Whether a row of any kind meets a row of no kind."""
    if source.is_array != target.is_array:
        return False
    record = TypeName("record", is_array=source.is_array)
    if record not in (source, target):
        return False
    other = target if source == record else source
    return kinds.kind_of(session, types.element(other)) is Kind.ROW


def _inherits(session: Session, source: TypeName, target: TypeName) -> bool:
    """Whether the rows of a table are rows of another that it inherits from."""
    if source.is_array or target.is_array:
        return False
    waiting = [source.oid]
    while waiting:
        relation = session.store.get(waiting.pop())
        if isinstance(relation, Relation):
            if target.oid in relation.parents:
                return True
            waiting += relation.parents
    return False


def cast(work: Work, node: Node, source: TypeName, target: TypeName) -> None:
    """Check an explicit cast (42846)."""
    if source == UNTYPED:
        literals.check(work, node, target)
    elif can_cast(work.session, source, target, "explicit") is False:
        said = f"cannot cast type {_said(work, source)} to {_said(work, target)}"
        work.refuse("42846", said, *_names(source, target))


def assign(work: Work, node: Node, source: TypeName, target: TypeName, column: str) -> None:
    """Check that an expression can be stored in a column (42804)."""
    if source == UNTYPED:
        literals.check(work, node, target)
    elif can_cast(work.session, source, target, "assignment") is False:
        is_of = f'column "{column}" is of type {_said(work, target)}'
        said = f"{is_of} but expression is of type {_said(work, source)}"
        work.refuse("42804", said, column, *_names(source, target))


def require_boolean(work: Work, node: Node, type_: TypeName, what: str) -> None:
    """Refuse what is no condition (42804)."""
    if type_ == BOOLEAN:
        return
    if type_ == UNTYPED:
        literals.check(work, node, BOOLEAN)
    elif can_cast(work.session, type_, BOOLEAN, "assignment") is False:
        said = f"argument of {what} must be type boolean, not type {_said(work, type_)}"
        work.refuse("42804", said, *_names(type_))


def common_type(work: Work, several: Sequence[tuple[Node, TypeName]], what: str) -> TypeName:
    """Return the type of CASE, COALESCE, UNION and the like (42804)."""
    given = [type_ for _, type_ in several]
    first = given[0]
    if first != UNTYPED and all(type_ == first for type_ in given):
        return first
    found = select_common(work.session, given)
    if found is None:
        _refuse(work, given, what)
        return NO_TYPE
    for node, type_ in several:
        if type_ == UNTYPED:
            literals.check(work, node, found)
    return found


def select_common(session: Session, given: Sequence[TypeName]) -> TypeName | None:
    """Return the type that all can become (select_common_type), without modifiers; None when there is none."""
    known = [types.bare(type_) for type_ in given if type_ != UNTYPED]
    if not known:
        return TEXT
    if not all(map(types.is_known, known)):
        return NO_TYPE
    is_one = len(known) == len(given) and all(each == known[0] for each in known)
    found: TypeName | None = known[0] if is_one else types.bare(types.base_of(session, known[0]))
    for each in known[1:]:
        found = _either(session, found, each) if found is not None and types.is_known(found) else found
    if found is None or any(becomes(session, each, found, "implicit") is False for each in known):
        return None
    return _named(given, found)


def _either(session: Session, found: TypeName, other: TypeName) -> TypeName | None:
    """Return the more general of two types; None where they are of different categories."""
    if found == other:
        return found
    found, other = (types.bare(types.base_of(session, each)) for each in (found, other))
    if found == other:
        return found
    if kinds.is_foreign(session, found) or kinds.is_foreign(session, other):
        return NO_TYPE
    if kinds.category(session, other) != kinds.category(session, found):
        return None
    goes = becomes(session, found, other, "implicit") and not becomes(session, other, found, "implicit")
    return other if goes and not kinds.is_preferred(found) else found


def _named(given: Sequence[TypeName], found: TypeName) -> TypeName:
    """Return a type of the ladder's own with its name, as the columns have it."""
    if not found.oid:
        return found
    named = next((each for each in given if each.oid == found.oid), found)
    return TypeName(named.name, named.oid, (), found.is_array)


def _refuse(work: Work, given: Sequence[TypeName], what: str) -> None:
    """Refuse types that have none in common: of two categories (42804), or without a cast (42846)."""
    if kinds.has_own(work.session, "cast"):
        return
    one, other = _clash(work.session, given)
    if kinds.category(work.session, one) == kinds.category(work.session, other):
        said = f"{what} could not convert type {_said(work, other)} to {_said(work, one)}"
        work.refuse("42846", said, *_names(one, other))
    else:
        said = f"{what} types {_said(work, one)} and {_said(work, other)} cannot be matched"
        work.refuse("42804", said, *_names(one, other))


def _clash(session: Session, given: Sequence[TypeName]) -> tuple[TypeName, TypeName]:
    """Return two types that do not go together."""
    known = [type_ for type_ in given if type_ != UNTYPED]
    for each in known[1:]:
        if select_common(session, [known[0], each]) is None:
            return known[0], each
    return known[0], known[-1]


def _said(work: Work, type_: TypeName) -> str:
    return types.format_type(work.session, types.bare(type_) if not type_.oid else type_)


def _names(*several: TypeName) -> list[str]:
    return [type_.name for type_ in several if type_.oid]
