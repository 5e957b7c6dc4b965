"""GROUP BY, HAVING, and the aggregates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Function
from harness.simulator.execute import find, logic
from harness.simulator.execute.coerce import to_text
from harness.simulator.execute.env import Env, Group
from harness.simulator.execute.evaluate import as_bool, evaluate, extreme
from harness.simulator.execute.functions import BUILTINS
from harness.simulator.execute.ordering import Produced, sort
from harness.simulator.execute.streams import Stream
from harness.simulator.values import UNKNOWN, Fresh, Json, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Aggregate = Callable[[list[list[Value]]], Value]


def is_grouped(session: Session, node: Any) -> bool:
    """Whether a SELECT is grouped: by GROUP BY, HAVING, or an aggregate in its targets."""
    if node.group_clause or node.HasField("having_clause"):
        return True
    found = (call for item in (*node.target_list, *node.sort_clause) for call in find.calls(item))
    return any(not call.HasField("over") and is_aggregate(session, call) for call in found)


def is_aggregate(session: Session, node: Any) -> bool:
    """Whether a call is one of an aggregate."""
    schema, name = tree.qualified(node.funcname)
    if node.agg_star or name in AGGREGATES or name in _OTHERS:
        return not schema or schema == "pg_catalog"
    if not schema and name in BUILTINS:
        return False
    own: list[Function] = session.functions(name, schema)
    return bool(own) and own[0].kind == "a"


def grouped(session: Session, node: Any, stream: Stream, env: Env) -> Stream:
    """Return one row for each group that passes HAVING."""
    found = Stream(stream.shape, is_complete=stream.is_complete)
    if not node.group_clause:
        first = (
            stream.envs[0].rows if stream.envs else {alias: dict.fromkeys(names) for alias, names in stream.shape}
        )
        found.is_complete = True
        found.add(Env(rows=first, parent=env, group=Group(stream.envs, stream.is_exact)))
    elif any(tree.kind(item) == "GroupingSet" for item in node.group_clause):
        found.is_complete = False
    else:
        _by_keys(session, node, stream, env, found)
    if node.HasField("having_clause"):
        found = found.where(lambda each: as_bool(evaluate(session, node.having_clause, each)))
    return found


def _by_keys(session: Session, node: Any, stream: Stream, env: Env, found: Stream) -> None:
    groups: dict[Any, list[tuple[Env, bool]]] = {}
    blurred = False
    for each, doubtful in stream.items():
        keys = [_key(session, item, node, each) for item in node.group_clause]
        blurred = blurred or UNKNOWN in keys
        groups.setdefault(tuple(map(logic.key_of, keys)), []).append((each, doubtful))
    is_exact = stream.is_complete and not blurred
    for members in groups.values():
        envs = [each for each, _ in members]
        group = Group(envs, is_exact and not any(doubtful for _, doubtful in members))
        is_there = any(not doubtful for _, doubtful in members) and not blurred
        found.add(Env(rows=envs[0].rows, parent=env, group=group), doubtful=not is_there)


def _key(session: Session, item: Any, node: Any, env: Env) -> Value:
    """Return what a row is grouped by: an input column, an output column by number or name, or an expression."""
    content = tree.inner(item)
    if content.DESCRIPTOR.name == "A_Const" and content.WhichOneof("val") == "ival":
        return evaluate(session, node.target_list[content.ival.ival - 1].res_target.val, env)
    if content.DESCRIPTOR.name == "ColumnRef" and len(content.fields) == 1:
        name = content.fields[0].string.sval
        if not any(name in fields for fields in env.rows.values()):
            for target in node.target_list:
                if target.res_target.name == name:
                    return evaluate(session, target.res_target.val, env)
    return evaluate(session, item, env)


def aggregate(session: Session, node: Any, env: Env) -> Value:
    """Return the value of an aggregate over the group in sight."""
    name = node.funcname[-1].string.sval
    function = AGGREGATES.get("count" if node.agg_star else name)
    if env.group is None or not env.group.is_exact or function is None or node.agg_within_group:
        return UNKNOWN
    members = [each for each, _ in _members(session, node, env.group)]
    if members and any(each is None for each in members):
        return UNKNOWN
    if node.agg_order:
        produced, is_certain = sort(session, node.agg_order, (), [Produced((), each) for each in members if each])
        if not is_certain and name not in _UNORDERED:
            return UNKNOWN
        members = [each.env for each in produced]
    arguments = [[evaluate(session, item, each) for item in node.args] for each in members if each]
    if node.agg_distinct:
        if any(UNKNOWN in each for each in arguments):
            return UNKNOWN
        arguments = list({tuple(map(logic.key_of, each)): each for each in arguments}.values())
    try:
        return function(arguments)
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return UNKNOWN


def _members(session: Session, node: Any, group: Group) -> Iterator[tuple[Env | None, bool]]:
    """Yield the rows that FILTER lets through; None for one that it may let through."""
    for each in group.envs:
        met = as_bool(evaluate(session, node.agg_filter, each)) if node.HasField("agg_filter") else True
        if met is True:
            yield each, True
        elif met is UNKNOWN:
            yield None, False


def _given(arguments: list[list[Value]]) -> list[Value]:
    """Return the first arguments that are not NULL; TypeError where one is not known."""
    found = [each[0] for each in arguments if each[0] is not None]
    if any(value is UNKNOWN for value in found):
        raise TypeError
    return found


def _count(arguments: list[list[Value]]) -> Value:
    return len(_given(arguments)) if arguments and arguments[0] else len(arguments)


def _sum(arguments: list[list[Value]]) -> Value:
    found = _given(arguments)
    return sum(found[1:], start=found[0]) if found else None


def _average(arguments: list[list[Value]]) -> Value:
    found = _given(arguments)
    return UNKNOWN if found else None


def _all(arguments: list[list[Value]]) -> Value:
    found = [each[0] for each in arguments if each[0] is not None]
    return logic.and_(found) if found else None


def _any(arguments: list[list[Value]]) -> Value:
    found = [each[0] for each in arguments if each[0] is not None]
    return logic.or_(found) if found else None


def _join(arguments: list[list[Value]]) -> Value:
    found = [(to_text(text), mark) for text, mark, *_ in arguments if text is not None]
    if any(text is UNKNOWN or isinstance(text, Fresh) or not isinstance(mark, str) for text, mark in found):
        return UNKNOWN
    return "".join(mark + text if place else text for place, (text, mark) in enumerate(found)) if found else None


def _array(arguments: list[list[Value]]) -> Value:
    return [each[0] for each in arguments] or None


def _documents(arguments: list[list[Value]]) -> Value:
    from harness.simulator.execute.functions.documents import plain  # noqa: PLC0415 - it stands on evaluate

    return Json([plain(each[0]) for each in arguments]) if arguments else None


def _object(arguments: list[list[Value]]) -> Value:
    from harness.simulator.execute.functions.documents import plain  # noqa: PLC0415 - it stands on evaluate

    return Json({str(to_text(each[0])): plain(each[1]) for each in arguments}) if arguments else None


AGGREGATES: dict[str, _Aggregate] = {
    "count": _count,
    "sum": _sum,
    "avg": _average,
    "min": lambda arguments: extreme(_given(arguments), greatest=False),
    "max": lambda arguments: extreme(_given(arguments), greatest=True),
    "bool_and": _all,
    "every": _all,
    "bool_or": _any,
    "string_agg": _join,
    "array_agg": _array,
    "json_agg": _documents,
    "jsonb_agg": _documents,
    "json_object_agg": _object,
    "jsonb_object_agg": _object,
    "any_value": lambda arguments: UNKNOWN if len(arguments) > 1 else arguments[0][0],
}
_UNORDERED = frozenset({"count", "sum", "avg", "min", "max", "bool_and", "every", "bool_or"})
_OTHERS = frozenset({"stddev", "variance", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "corr", "bit_and",
                     "bit_or", "bit_xor", "mode", "percentile_cont", "percentile_disc", "regr_slope", "xmlagg",
                     "range_agg"})  # fmt: skip
"""Aggregates whose value is not worked out."""
