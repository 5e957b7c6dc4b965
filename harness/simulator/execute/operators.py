"""Operators."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Refused
from harness.simulator.execute import logic, moments, patterns, ranges
from harness.simulator.execute.coerce import to_text
from harness.simulator.values import UNKNOWN, Choice, Fresh, Interval, Json, Range, Rough, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.execute.env import Env
    from harness.simulator.session import Session

_Binary = Callable[[Value, Value], Value]
_Evaluate = Callable[["Session", Any, "Env"], Value]


def apply(session: Session, node: Any, env: Env, evaluate: _Evaluate) -> Value:
    """Return the value of an operator's expression (A_Expr)."""
    kind = tree.enum(node, "kind").removeprefix("AEXPR_")
    name = node.name[-1].string.sval
    if kind == "OP" and tree.kind(node.lexpr) == tree.kind(node.rexpr) == "RowExpr":
        return _rows(name, session, node, env, evaluate)
    left = evaluate(session, node.lexpr, env) if node.HasField("lexpr") else None
    if kind in ("LIKE", "ILIKE", "SIMILAR") and tree.kind(node.rexpr) == "FuncCall":
        return UNKNOWN
    right = evaluate(session, node.rexpr, env)
    if not node.HasField("lexpr"):
        return _prefix(name, right)
    special = _SPECIAL.get(kind)
    return special(name, left, right) if special else binary(name, left, right)


def _rows(name: str, session: Session, node: Any, env: Env, evaluate: _Evaluate) -> Value:
    """Compare two row constructors field by field."""
    pairs = zip(node.lexpr.row_expr.args, node.rexpr.row_expr.args, strict=False)
    found = [[evaluate(session, each, env) for each in pair] for pair in pairs]
    same = logic.and_(logic.equal(*pair) for pair in found)
    if name == "=":
        return same
    return logic.not_(same) if name in ("<>", "!=") else UNKNOWN


def row_equal(left: Value, right: Value) -> Value:
    """Return left = right, where both may be row constructors."""
    if isinstance(left, dict) and isinstance(right, dict):
        return logic.and_(map(logic.equal, left.values(), right.values()))
    return logic.equal(left, right)


def _any(name: str, left: Value, right: Value) -> Value:
    right = _as_list(left, right)
    return right if not isinstance(right, list) else logic.or_(binary(name, left, each) for each in right)


def _all(name: str, left: Value, right: Value) -> Value:
    right = _as_list(left, right)
    return right if not isinstance(right, list) else logic.and_(binary(name, left, each) for each in right)


def _as_list(left: Value, right: Value) -> Value:
    if isinstance(right, str):
        right = logic.alike([left] if logic.is_known(left) else [""], right)
        right = right[1] if right else UNKNOWN
    return right if isinstance(right, list) or right is None else UNKNOWN


def _in(name: str, left: Value, right: list[Value]) -> Value:
    found = logic.or_(row_equal(left, each) for each in right)
    return found if name == "=" else logic.not_(found)


def _between(_name: str, left: Value, right: list[Value]) -> Value:
    low, high = right
    return logic.and_((logic.not_(logic.less(left, low)), logic.not_(logic.less(high, left))))


def _between_either(_name: str, left: Value, right: list[Value]) -> Value:
    return logic.or_((_between("", left, right), _between("", left, right[::-1])))


def _null_if(_name: str, left: Value, right: Value) -> Value:
    same = logic.equal(left, right)
    return UNKNOWN if same is UNKNOWN else None if same else left


_SPECIAL: dict[str, Callable[[str, Value, Any], Value]] = {
    "OP_ANY": _any,
    "OP_ALL": _all,
    "DISTINCT": lambda _, left, right: logic.distinct(left, right),
    "NOT_DISTINCT": lambda _, left, right: logic.not_(logic.distinct(left, right)),
    "NULLIF": _null_if,
    "IN": _in,
    "BETWEEN": _between,
    "NOT_BETWEEN": lambda _, left, right: logic.not_(_between("", left, right)),
    "BETWEEN_SYM": _between_either,
    "NOT_BETWEEN_SYM": lambda _, left, right: logic.not_(_between_either("", left, right)),
}


def _prefix(name: str, value: Value) -> Value:
    if value is None or value is UNKNOWN:
        return value
    if isinstance(value, logic.NUMBERS):
        return {"-": -value, "+": value, "@": abs(value)}.get(name, UNKNOWN)
    if isinstance(value, Interval) and name == "-":
        return Interval(-value.months, -value.days, -value.microseconds)
    return UNKNOWN


def binary(name: str, left: Value, right: Value) -> Value:
    """Return `left name right`."""
    compare = _COMPARISONS.get(name)
    if compare is not None:
        return compare(left, right)
    if left is None or right is None:
        return None if (left is None and right is None) or name != "||" else _concat_null(left, right)
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, Fresh) or isinstance(right, Fresh):
        return _fresh(name, left, right)
    operator = _OPERATORS.get(name)
    try:
        return UNKNOWN if operator is None else operator(left, right)
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        return UNKNOWN


_PATTERNS = {"~~": False, "!~~": True, "~~*": False, "!~~*": True, "~": False, "!~": True, "~*": False, "!~*": True}
"""The operators that look for a pattern, and whether they want it not to be there."""


def _fresh(name: str, left: Value, right: Value) -> Value:
    """Return an operator's value where one side is fresh."""
    if isinstance(left, Choice | Rough) and isinstance(right, str) and name in _PATTERNS:
        return _hazy(name, left, right)
    fresh = left if isinstance(left, Fresh) else right
    return logic.derived(fresh) if name in ("||", "+", "-") and fresh.source != "random" else UNKNOWN


def _hazy(name: str, left: Choice | Rough, pattern: str) -> Value:
    """Return whether a text that is not known for sure fits a pattern."""
    if isinstance(left, Choice):
        return left.tried(lambda text: binary(name, text, pattern))
    found = patterns.rough(left.text, pattern, fold=name.endswith("*"))
    return logic.not_(found) if _PATTERNS[name] else found


def _concat_null(left: Value, right: Value) -> Value:
    """Concatenate with NULL: an array stays, anything else is NULL."""
    other = left if right is None else right
    return other if isinstance(other, list) or other is UNKNOWN else None


_COMPARISONS: dict[str, _Binary] = {
    "=": logic.equal,
    "<>": lambda a, b: logic.not_(logic.equal(a, b)),
    "!=": lambda a, b: logic.not_(logic.equal(a, b)),
    "<": logic.less,
    ">": lambda a, b: logic.less(b, a),
    "<=": lambda a, b: logic.not_(logic.less(b, a)),
    ">=": lambda a, b: logic.not_(logic.less(a, b)),
}


def _numbers(left: Value, right: Value) -> tuple[Any, Any]:
    pair = logic.alike(left, right)
    if pair is None or not all(isinstance(each, logic.NUMBERS) and not isinstance(each, bool) for each in pair):
        raise TypeError
    if float in map(type, pair):
        return float(pair[0]), float(pair[1])
    return pair


def _add(left: Value, right: Value) -> Value:
    if moments.is_moment(left) or moments.is_moment(right):
        return moments.add(left, right)
    left, right = _numbers(left, right)
    return left + right


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, Json):
        return _without(left.value, right)
    if moments.is_moment(left) or moments.is_moment(right):
        return moments.subtract(left, right)
    left, right = _numbers(left, right)
    return left - right


def _multiply(left: Value, right: Value) -> Value:
    if isinstance(left, Interval) or isinstance(right, Interval):
        return moments.multiply(left, right)
    left, right = _numbers(left, right)
    return left * right


def _divide(left: Value, right: Value) -> Value:
    left, right = _numbers(left, right)
    if right == 0:
        raise Refused("22012", "division by zero")
    if isinstance(left, int) and isinstance(right, int):
        return int(Decimal(left) / Decimal(right)) if abs(left) < 10**20 else UNKNOWN
    return left / right


def _modulo(left: Value, right: Value) -> Value:
    left, right = _numbers(left, right)
    if right == 0:
        raise Refused("22012", "division by zero")
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _concat(left: Value, right: Value) -> Value:
    if isinstance(left, Json) or isinstance(right, Json):
        return _merge(left, right)
    if isinstance(left, list) or isinstance(right, list):
        return _append(left, right)
    left, right = to_text(left), to_text(right)
    return UNKNOWN if left is UNKNOWN or right is UNKNOWN else left + right


def _append(left: Value, right: Value) -> Value:
    if isinstance(left, list) and isinstance(right, str):
        right = logic.alike(left, right)[1] if right.startswith("{") else [right]  # type: ignore[index]
    elif isinstance(right, list) and isinstance(left, str):
        left = logic.alike(left, right)[0] if left.startswith("{") else [left]  # type: ignore[index]
    return [*(left if isinstance(left, list) else [left]), *(right if isinstance(right, list) else [right])]


def _document(value: Value) -> Any:
    return (value if isinstance(value, Json) else logic.alike(value, Json(None))[0]).value  # type: ignore[index]


def _merge(left: Value, right: Value) -> Value:
    left, right = _document(left), _document(right)
    if isinstance(left, dict) and isinstance(right, dict):
        return Json({**left, **right})
    return Json([*(left if isinstance(left, list) else [left]), *(right if isinstance(right, list) else [right])])


def _without(document: Any, key: Value) -> Value:
    keys = key if isinstance(key, list) else [key]
    if isinstance(document, dict):
        return Json({name: value for name, value in document.items() if name not in keys})
    if isinstance(document, list) and isinstance(key, int):
        place = key if key >= 0 else len(document) + key
        return Json([value for n, value in enumerate(document) if n != place])
    return Json([value for value in document if value not in keys]) if isinstance(document, list) else UNKNOWN


_MISSING = object()


def _step(document: Any, key: Value) -> Any:
    if isinstance(document, dict):
        return document.get(str(key), _MISSING)
    if isinstance(document, list) and str(key).lstrip("-").isdigit():
        place = int(key)
        return document[place] if -len(document) <= place < len(document) else _MISSING
    return _MISSING


def arrow(left: Value, right: Value) -> Value:
    """Return left -> right."""
    found = _step(_document(left), right)
    return None if found is _MISSING else Json(found)


def _path(left: Value, right: Value) -> Value:
    found, names = _document(left), logic.alike([""], right)
    for name in names[1] if names else ():
        found = _step(found, name)
    return None if found is _MISSING else Json(found)


def json_text(value: Value) -> Value:
    """Return what ->> gives for what -> gives."""
    if value is None or value is UNKNOWN:
        return value
    if value.value is None:
        return None
    return value.value if isinstance(value.value, str) else value.text


def _contains(left: Value, right: Value) -> Value:
    if isinstance(left, Range):
        return ranges.contains(left, right)
    if isinstance(left, list) or isinstance(right, list):
        pair = logic.alike(left, right)
        if pair is None:
            return UNKNOWN
        found = (logic.or_(logic.equal(each, one) for one in pair[0]) for each in pair[1])
        return logic.and_(found)
    return _holds(_document(left), _document(right))


def _holds(left: Any, right: Any) -> bool:
    if isinstance(right, dict):
        return isinstance(left, dict) and all(key in left and _holds(left[key], right[key]) for key in right)
    if isinstance(right, list):
        return isinstance(left, list) and all(any(_holds(one, each) for one in left) for each in right)
    if isinstance(left, list):
        return any(_holds(one, right) for one in left)
    return bool(Json(left) == Json(right))


def _overlaps(left: Value, right: Value) -> Value:
    if isinstance(left, Range) or isinstance(right, Range):
        return ranges.overlap(left, right)
    pair = logic.alike(left, right)
    if pair is None or not isinstance(pair[0], list):
        return UNKNOWN
    return logic.or_(logic.equal(one, each) for one in pair[0] for each in pair[1])


def _has_key(left: Value, right: Value) -> Value:
    document = _document(left)
    return right in document if isinstance(document, dict | list) else document == right


_OPERATORS: dict[str, _Binary] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _modulo,
    "^": lambda a, b: float(a) ** float(b),
    "||": _concat,
    "->": arrow,
    "->>": lambda a, b: json_text(arrow(a, b)),
    "#>": _path,
    "#>>": lambda a, b: json_text(_path(a, b)),
    "@>": _contains,
    "<@": lambda a, b: _contains(b, a),
    "&&": _overlaps,
    "?": _has_key,
    "?|": lambda a, b: logic.or_(_has_key(a, each) for each in logic.alike([""], b)[1]),  # type: ignore[index]
    "?&": lambda a, b: logic.and_(_has_key(a, each) for each in logic.alike([""], b)[1]),  # type: ignore[index]
    "&": lambda a, b: a & b if isinstance(a, int) and isinstance(b, int) else UNKNOWN,
    "|": lambda a, b: a | b if isinstance(a, int) and isinstance(b, int) else UNKNOWN,
    "#": lambda a, b: a ^ b if isinstance(a, int) and isinstance(b, int) else UNKNOWN,
    "<<": lambda a, b: a << b if isinstance(a, int) and isinstance(b, int) else UNKNOWN,
    ">>": lambda a, b: a >> b if isinstance(a, int) and isinstance(b, int) else UNKNOWN,
    "~~": lambda a, b: patterns.like(str(to_text(a)), b),
    "!~~": lambda a, b: not patterns.like(str(to_text(a)), b),
    "~~*": lambda a, b: patterns.like(str(to_text(a)), b, fold=True),
    "!~~*": lambda a, b: not patterns.like(str(to_text(a)), b, fold=True),
    "~": patterns.matches,
    "~*": lambda a, b: patterns.matches(a, b, fold=True),
    "!~": lambda a, b: logic.not_(patterns.matches(a, b)),
    "!~*": lambda a, b: logic.not_(patterns.matches(a, b, fold=True)),
}
"""Operators on known values; one that is not here gives UNKNOWN."""
