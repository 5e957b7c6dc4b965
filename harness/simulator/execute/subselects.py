"""Sub-selects in expressions: EXISTS, IN, ANY, ALL, ARRAY, and those that stand for a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Refused
from harness.simulator.execute import logic, operators
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.execute.query import run_query
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


def sub_select(session: Session, node: Any, env: Env) -> Value:
    """Return the value of a SubLink."""
    if session.is_tired:
        return UNKNOWN
    kind = tree.enum(node, "sub_link_type")
    result = run_query(session, node.subselect, env)
    if kind == "EXISTS_SUBLINK":
        return _exists(result)
    if kind in ("ANY_SUBLINK", "ALL_SUBLINK"):
        name = node.oper_name[-1].string.sval if node.oper_name else "="
        left = evaluate(session, node.testexpr, env)
        return _any(name, left, result) if kind == "ANY_SUBLINK" else _all(name, left, result)
    if kind == "ARRAY_SUBLINK":
        return [row[0] for row in result.rows] if result.is_exact else UNKNOWN
    return _scalar(result) if kind == "EXPR_SUBLINK" else UNKNOWN


def _exists(result: Result) -> Value:
    if len(result.rows) > len(result.doubtful):
        return True
    return UNKNOWN if result.rows or not result.is_complete else False


def _tests(name: str, left: Value, result: Result) -> list[tuple[Value, bool]]:
    """Return for each row what the comparison gives, and whether the row is doubtful."""
    found = []
    for place, row in enumerate(result.rows):
        right = row[0] if len(row) == 1 else dict(enumerate(row))
        if name == "=":
            met = operators.row_equal(left, right)
        elif name in ("<>", "!="):
            met = logic.not_(operators.row_equal(left, right))
        else:
            met = operators.binary(name, left, right)
        found.append((met, place in result.doubtful))
    return found


def _any(name: str, left: Value, result: Result) -> Value:
    tests = _tests(name, left, result)
    sure = logic.or_(UNKNOWN if doubtful and met is not False else met for met, doubtful in tests)
    return sure if sure is True or result.is_complete else UNKNOWN


def _all(name: str, left: Value, result: Result) -> Value:
    tests = _tests(name, left, result)
    sure = logic.and_(UNKNOWN if doubtful and met is not True else met for met, doubtful in tests)
    return sure if sure is False or result.is_complete else UNKNOWN


def _scalar(result: Result) -> Value:
    if len(result.rows) - len(result.doubtful) > 1:
        raise Refused("21000", "more than one row returned by a subquery used as an expression")
    if not result.is_complete or len(result.rows) > 1:
        agreed = {logic.key_of(row[0]) for row in result.rows} if _is_there(result) else set()
        return result.rows[0][0] if len(agreed) == 1 and logic.is_known(result.rows[0][0]) else UNKNOWN
    if not result.rows:
        return None
    return UNKNOWN if result.doubtful else result.rows[0][0]


def _is_there(result: Result) -> bool:
    """Whether a row is there for sure, so that the query, which gives one at most, gives no other."""
    return len(result.rows) > len(result.doubtful)
