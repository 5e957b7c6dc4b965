"""Window functions: row_number, rank and dense_rank, and aggregates over whole partitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.simulator.execute import find, logic
from harness.simulator.execute.env import Env, Group
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.execute.grouping import AGGREGATES, aggregate
from harness.simulator.execute.ordering import Produced, sort
from harness.simulator.execute.streams import Stream
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


def computed(session: Session, node: Any, stream: Stream) -> Stream:
    """Return the rows with the values of the window functions in the targets."""
    items = (*node.target_list, *node.sort_clause)
    calls = [call for item in items for call in find.calls(item) if call.HasField("over")]
    if not calls:
        return stream
    found: list[dict[int, Value]] = [{} for _ in stream.envs]
    for call in calls:
        for place, value in enumerate(_values(session, node, call, stream)):
            found[place][call.location] = value
    envs = [replace(env, windows=each) for env, each in zip(stream.envs, found, strict=True)]
    return Stream(stream.shape, envs, stream.doubtful, stream.is_complete)


def _window(node: Any, call: Any) -> Any:
    """Return the window's definition, looked up in WINDOW where it is named there."""
    for item in node.window_clause:
        if call.over.name and item.window_def.name == call.over.name:
            return item.window_def
    return call.over


def _values(session: Session, node: Any, call: Any, stream: Stream) -> list[Value]:
    name = call.funcname[-1].string.sval
    window = _window(node, call)
    found: list[Value] = [UNKNOWN] * len(stream.envs)
    if not stream.is_exact or window.refname:
        return found
    partitions: dict[Any, list[int]] = {}
    for place, env in enumerate(stream.envs):
        keys = [evaluate(session, item, env) for item in window.partition_clause]
        if UNKNOWN in keys:
            return found
        partitions.setdefault(tuple(map(logic.key_of, keys)), []).append(place)
    for places in partitions.values():
        for place, value in _partition(session, name, call, window, stream, places):
            found[place] = value
    return found


def _partition(
    session: Session, name: str, call: Any, window: Any, stream: Stream, places: list[int]
) -> Iterator[tuple[int, Value]]:
    """Yield the values of one partition's rows."""
    if name in AGGREGATES and not window.order_clause:
        group = Group([stream.envs[place] for place in places])
        value = aggregate(session, call, Env(group=group))
        yield from ((place, value) for place in places)
        return
    produced = [Produced((place,), stream.envs[place]) for place in places]
    ordered, is_certain = sort(session, window.order_clause, (), produced)
    if name == "row_number" and (len(places) == 1 or (window.order_clause and is_certain)):
        yield from ((each.row[0], number) for number, each in enumerate(ordered, start=1))
