"""Operators (parse_oper.c)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from harness.simulator.analyze import builtin, kinds, literals, overload, polymorphic, types
from harness.simulator.analyze.builtin import Candidate
from harness.simulator.analyze.coercion import common_type, select_common
from harness.simulator.analyze.model import BOOLEAN, UNTYPED, Node, Work
from harness.simulator.analyze.scope import RECORD, Scope
from harness.simulator.analyze.walk import analyzes, typed
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.session import Session
from harness.sql import tree

Operand = tuple[Node, TypeName]
_BEST: dict[tuple[str, tuple[TypeName, ...], bool], Sequence[Candidate]] = {}
_TESTS = frozenset(("=", "<>", "!=", "<", ">", "<=", ">=", "~", "!~", "~*", "!~*", "~~", "!~~", "~~*", "!~~*"))
_VECTORS = frozenset(("oidvector", "int2vector", "anyarray"))


class Operator(NamedTuple):
    """What an operator takes and gives; NO_TYPE where it cannot be told which one it is."""

    left: TypeName
    right: TypeName
    result: TypeName


@analyzes("A_Expr")
def operator_expression(work: Work, node: Node, scope: Scope) -> TypeName:
    """Return the type that an operator gives (42883, 42725, 42809)."""
    name = tree.strings(node.name)[-1]
    form = tree.enum(node, "kind")
    if node.rexpr.WhichOneof("node") == "list":
        return _with_list(work, node, name, form, scope)
    if not node.HasField("lexpr"):
        return _prefix(work, name, (node.rexpr, typed(work, node.rexpr, scope))).result
    left_row, right_row = (_row_of(each) for each in (node.lexpr, node.rexpr))
    if left_row and right_row:
        for one, other in zip(left_row, right_row, strict=False):
            binary(work, name, (one, typed(work, one, scope)), (other, typed(work, other, scope)))
        return BOOLEAN
    left, right = ((each, typed(work, each, scope)) for each in (node.lexpr, node.rexpr))
    if form in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
        return _with_array(work, name, left, right)
    found = resolve(work, name, left, right)
    if form == "AEXPR_NULLIF":
        return _carried(found.left, left[1], right[1])
    return found.result if form == "AEXPR_OP" else BOOLEAN


def binary(work: Work, name: str, left: Operand, right: Operand) -> TypeName:
    """Return the type that an operator between two expressions gives (42883, 42725)."""
    return resolve(work, name, left, right).result


def resolve(work: Work, name: str, left: Operand, right: Operand) -> Operator:
    """Return which operator stands between two expressions, and read their literals as it takes them."""
    session = work.session
    given = [types.bare(left[1]), types.bare(right[1])]
    if not all(map(types.is_known, given)):
        return _unknown(name)
    found = _chosen(work, name, given, is_prefix=False)
    if found is None:
        return _unknown(name)
    declared = found.arguments
    for (node, type_), wanted in zip((left, right), _as_called(found, given), strict=True):
        if type_ == UNTYPED:
            literals.check(work, node, wanted)
    result = found.result
    if kinds.is_polymorphic(result):
        result = polymorphic.resolve(session, declared, given, result) or NO_TYPE
    return Operator(declared[0], declared[1], result)


def _as_called(found: Candidate, given: Sequence[TypeName]) -> Sequence[TypeName]:
    """Return what a literal is read as: where any type is taken, as the type on the other side."""
    known = next((each for each in given if each != UNTYPED), NO_TYPE)
    return [known if kinds.is_polymorphic(each) else each for each in found.arguments]


def _unknown(name: str) -> Operator:
    return Operator(NO_TYPE, NO_TYPE, BOOLEAN if name in _TESTS else NO_TYPE)


def _chosen(work: Work, name: str, given: Sequence[TypeName], *, is_prefix: bool) -> Candidate | None:
    """Return the best operator; None where it cannot be told (42883, 42725)."""
    session = work.session
    if any(kinds.is_foreign(session, each) for each in given if each != UNTYPED):
        return None
    left = _best(session, name, tuple(given), is_prefix=is_prefix)
    if len(left) == 1:
        return left[0]
    if builtin.may_be_of_an_extension(session) or any(
        kinds.has_own(session, each) for each in ("operator", "cast")
    ):
        return None
    said = f" {name} ".join(types.format_type(session, each) for each in given)
    said = f"{name} {said}" if is_prefix else said
    about = types.own_names(session, given)
    if left:
        work.refuse("42725", f"operator is not unique: {said}", *about)
    else:
        work.refuse("42883", f"operator does not exist: {said}", *about)
    return None


def _best(session: Session, name: str, given: Sequence[TypeName], *, is_prefix: bool) -> Sequence[Candidate]:
    """Return the built-in operators that fit best: found once for types of the same sort."""
    sorts = _sorts(session, given)
    key = (name, sorts, is_prefix)
    found = _BEST.get(key) if sorts else None
    if found is None:
        exact = _exact(session, name, given, is_prefix=is_prefix)
        found = [exact] if exact else overload.fitting(session, builtin.operators(name, is_prefix=is_prefix), given)
        if len(found) > 1:
            found = overload.choose(session, found, given)
        if sorts:
            _BEST[key] = found
    return found


def _sorts(session: Session, given: Sequence[TypeName]) -> tuple[TypeName, ...]:
    """Return types that stand for the given ones, as any enum does for another; none for other own types."""
    found = []
    enums: dict[int, str] = {}
    for each in given:
        based = types.bare(types.base_of(session, each))
        if based.oid and kinds.kind_of(session, types.element(based)) is kinds.Kind.ENUM:
            based = TypeName(enums.setdefault(based.oid, f"enum {len(enums)}"), is_array=based.is_array)
        elif based.oid:
            return ()
        found.append(based)
    return tuple(found)


def _exact(session: Session, name: str, given: Sequence[TypeName], *, is_prefix: bool) -> Candidate | None:
    """Return the operator that takes just these types; a literal is taken to be of the other side's type."""
    known = [each for each in given if each != UNTYPED]
    if not known:
        return None
    wanted = tuple(known[0] if each == UNTYPED else each for each in given)
    exact = builtin.operators_by_types(name, is_prefix=is_prefix)
    if wanted not in exact and UNTYPED in given:
        wanted = (types.bare(types.base_of(session, known[0])),) * len(given)
    return exact.get(wanted)


def _prefix(work: Work, name: str, operand: Operand) -> Operator:
    given = [types.bare(operand[1])]
    if not types.is_known(given[0]):
        return _unknown(name)
    found = _chosen(work, name, given, is_prefix=True)
    if found is None:
        return _unknown(name)
    result = polymorphic.resolve(work.session, found.arguments, given, found.result)
    return Operator(NO_TYPE, found.arguments[0], result or NO_TYPE)


def _with_list(work: Work, node: Node, name: str, form: str, scope: Scope) -> TypeName:
    """Analyze IN (...) and BETWEEN ... AND ...."""
    items = node.rexpr.list.items
    if form in ("AEXPR_IN", "AEXPR_OP"):
        _in(work, node.lexpr, name, items, scope)
        return BOOLEAN
    left = (node.lexpr, typed(work, node.lexpr, scope))
    for each, test in zip(items, (">=", "<="), strict=True):
        binary(work, test, left, (each, typed(work, each, scope)))
    return BOOLEAN


def _in(work: Work, node: Node, name: str, items: Sequence[Node], scope: Scope) -> None:
    """Analyze IN with a list: where all have a type in common, every item is read as that."""
    row = _row_of(node)
    if row:
        left_row = [(each, typed(work, each, scope)) for each in row]
        for item in items:
            parts = _row_of(item)
            for one, other in zip(left_row, parts, strict=False):
                binary(work, name, one, (other, typed(work, other, scope)))
            if not parts:
                binary(work, name, (node, RECORD), (item, typed(work, item, scope)))
        return
    left = (node, typed(work, node, scope))
    found = [(each, typed(work, each, scope)) for each in items]
    several = [left, *found]
    if len(found) > 1 and select_common(work.session, [type_ for _, type_ in several]) is not None:
        common = common_type(work, several, "IN")
        binary(work, name, left, (None, common))
        return
    for each in found:
        binary(work, name, left, each)


def _with_array(work: Work, name: str, left: Operand, right: Operand) -> TypeName:
    """Analyze `x = ANY (array)` (42809)."""
    type_ = types.base_of(work.session, right[1])
    if type_ == UNTYPED or not types.is_known(type_):
        return BOOLEAN
    if type_.is_array:
        binary(work, name, left, (None, types.element(type_)))
    elif not kinds.is_foreign(work.session, type_) and type_.name not in _VECTORS:
        work.refuse("42809", "op ANY/ALL (array) requires array on right side")
    return BOOLEAN


def _carried(declared: TypeName, given: TypeName, other: TypeName) -> TypeName:
    """Return the type of NULLIF: that of its first argument as the operator takes it."""
    if given == UNTYPED and kinds.is_polymorphic(declared):
        return other
    if not types.is_known(declared) or kinds.is_polymorphic(declared) or declared.name == "record":
        return given if given != UNTYPED else NO_TYPE
    return given if types.same(declared, given) else declared


def _row_of(node: Node) -> Sequence[Node]:
    """Return the parts of a row that is written out."""
    return node.row_expr.args if tree.kind(node) == "RowExpr" else ()
