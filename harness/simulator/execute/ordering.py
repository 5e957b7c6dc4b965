"""What comes after the rows of a query: DISTINCT, ORDER BY, OFFSET and LIMIT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from harness.simulator.execute import logic
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.execute.streams import result_of
from harness.simulator.values import UNKNOWN, Value
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session


@dataclass(frozen=True, slots=True)
class Produced:
    """A row of the output with the environment that it was made in."""

    row: tuple[Value, ...]
    env: Env
    doubtful: bool = False


def ordered_result(session: Session, node: Any, result: Result, env: Env) -> Result:
    """Order and cut what a set operation or VALUES gives: ORDER BY names columns of the output there."""
    if not (node.sort_clause or node.HasField("limit_count") or node.HasField("limit_offset")):
        return result
    produced = []
    for place, row in enumerate(result.rows):
        fields = dict(zip(result.columns, row, strict=False))
        produced.append(Produced(row, Env(rows={"": fields}, parent=env), place in result.doubtful))
    return arrange(session, node, result.columns, produced, is_complete=result.is_complete)


def arrange(
    session: Session, node: Any, columns: tuple[str, ...], produced: list[Produced], *, is_complete: bool
) -> Result:
    """Order a query's rows, leave out what is not DISTINCT, and cut them to LIMIT."""
    produced, is_ordered = sort(session, node.sort_clause, columns, produced)
    on = [item for item in node.distinct_clause if item.WhichOneof("node")]
    if on:
        produced = _distinct_on(session, on, columns, produced, is_certain=is_ordered and is_complete)
    result = result_of(columns, ((each.row, each.doubtful) for each in produced), is_complete=is_complete)
    if node.distinct_clause and not on:
        result = distinct(result)
    if not (node.HasField("limit_count") or node.HasField("limit_offset")):
        return result
    env = produced[0].env if produced else Env()
    count = evaluate(session, node.limit_count, env) if node.HasField("limit_count") else None
    offset = evaluate(session, node.limit_offset, env) if node.HasField("limit_offset") else 0
    return _cut(result, count, offset or 0, is_ordered=is_ordered and bool(node.sort_clause))


def sort(
    session: Session, clause: Any, columns: Sequence[str], produced: list[Produced]
) -> tuple[list[Produced], bool]:
    """Return the rows in the order of ORDER BY, and whether that order is certain."""
    if not clause or len(produced) < 2:
        return produced, len(produced) < 2 or not clause
    orders = [_Order(item.sort_by) for item in clause]
    keyed = [([key(session, each.node, columns, one) for each in orders], one) for one in produced]
    is_certain = True

    def compare(left: tuple[list[Value], Produced], right: tuple[list[Value], Produced]) -> int:
        nonlocal is_certain
        for order, one, other in zip(orders, left[0], right[0], strict=True):
            found = order.compare(one, other)
            if found is UNKNOWN:
                is_certain = False
                return 0
            if found:
                return int(found)
        is_certain = is_certain and left[1].row == right[1].row
        return 0

    keyed.sort(key=cmp_to_key(compare))
    return [one for _, one in keyed], is_certain


class _Order:
    """One item of ORDER BY."""

    def __init__(self, item: Any) -> None:
        self.node = item.node
        self._sign = -1 if tree.enum(item, "sortby_dir") == "SORTBY_DESC" else 1
        nulls = tree.enum(item, "sortby_nulls")
        self._null = {"SORTBY_NULLS_FIRST": -1, "SORTBY_NULLS_LAST": 1}.get(nulls, self._sign)

    def compare(self, one: Value, other: Value) -> Value:
        """Return -1, 0, 1 or UNKNOWN."""
        if one is UNKNOWN or other is UNKNOWN:
            return UNKNOWN
        if one is None or other is None:
            return 0 if one is other else self._null if one is None else -self._null
        if logic.equal(one, other) is True:
            return 0
        before = logic.less(one, other)
        return UNKNOWN if not isinstance(before, bool) else -self._sign if before else self._sign


def key(session: Session, node: Any, columns: Sequence[str], produced: Produced) -> Value:
    """Return what a row is ordered or grouped by: an output column by number or name, or an expression."""
    content = tree.inner(node)
    if content.DESCRIPTOR.name == "A_Const" and content.WhichOneof("val") == "ival":
        place = content.ival.ival - 1
        return produced.row[place] if place < len(produced.row) else UNKNOWN
    if content.DESCRIPTOR.name == "ColumnRef" and len(content.fields) == 1:
        name = content.fields[0].string.sval
        if name in columns:
            return produced.row[columns.index(name)]
    return evaluate(session, node, produced.env)


def _distinct_on(
    session: Session, nodes: list[Any], columns: tuple[str, ...], produced: list[Produced], *, is_certain: bool
) -> list[Produced]:
    """Return the first row of each group; which that is is uncertain where the order is."""
    groups: dict[Any, list[Produced]] = {}
    for each in produced:
        keys = tuple(logic.key_of(key(session, node, columns, each)) for node in nodes)
        groups.setdefault(keys, []).append(each)
    found = []
    for group in groups.values():
        if len(group) == 1 or (is_certain and not any(each.doubtful for each in group)):
            found.append(group[0])
        else:
            found.append(Produced(_agreed([each.row for each in group]), group[0].env, _all_doubtful(group)))
    return found


def _all_doubtful(group: list[Produced]) -> bool:
    return all(each.doubtful for each in group)


def _agreed(rows: Sequence[tuple[Value, ...]]) -> tuple[Value, ...]:
    """Return what several rows have in common, the rest UNKNOWN."""
    first = rows[0]
    return tuple(
        value if all(logic.distinct(row[place], value) is False for row in rows) else UNKNOWN
        for place, value in enumerate(first)
    )


def distinct(result: Result) -> Result:
    """Return a result without duplicates; rows that may be duplicates are doubtful."""
    seen: dict[Any, int] = {}
    rows: list[tuple[tuple[Value, ...], bool]] = []
    for place, row in enumerate(result.rows):
        known = UNKNOWN not in row
        key_ = tuple(map(logic.key_of, row))
        doubtful = place in result.doubtful
        if known and key_ in seen:
            at = seen[key_]
            rows[at] = (rows[at][0], rows[at][1] and doubtful)
            continue
        if known:
            seen[key_] = len(rows)
        rows.append((row, doubtful or (not known and len(result.rows) > 1)))
    return result_of(result.columns, rows, is_complete=result.is_complete)


def _cut(result: Result, count: Value, offset: Value, *, is_ordered: bool) -> Result:
    """Return the rows from `offset` on, `count` of them; which these are is uncertain where the order is."""
    if not isinstance(offset, int) or not (count is None or isinstance(count, int)):
        return Result(result.columns, result.rows, frozenset(range(len(result.rows))), result.is_complete)
    end = None if count is None else offset + count
    cut = result.rows[offset:end]
    if count == 0 or (result.is_exact and (is_ordered or len(cut) == len(result.rows))):
        return Result(result.columns, cut)
    if count is not None and not offset and _says_one_thing(result):
        return Result(result.columns, cut, is_complete=result.is_complete or len(cut) == count)
    if count is not None and not offset and len(result.rows) - len(result.doubtful) >= count:
        return Result(result.columns, [_any_of(result)] * count)
    doubtful = frozenset(range(len(result.rows)))
    return Result(result.columns, result.rows, doubtful, result.is_complete)


def _any_of(result: Result) -> tuple[Value, ...]:
    """Return what is known of a row if it may be any of a result."""
    return _agreed(result.rows) if result.is_complete else (UNKNOWN,) * len(result.columns)


def _says_one_thing(result: Result) -> bool:
    """Whether all rows are the same and there for sure: `SELECT 1 FROM t LIMIT 1`."""
    if result.doubtful or not result.rows:
        return False
    return all(map(logic.is_known, result.rows[0])) and all(row == result.rows[0] for row in result.rows)
