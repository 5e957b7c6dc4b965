"""Finds the witness of a statement: what tells from a catalog that the statement has been carried out.

A witness is a disjunction of literals that is false just before the statement in the cold boot, and true from its
file's end on at the end of each later file, so during the whole warm boot as well. Best is what the statement
itself made true and what stays so; where later files take that back, what came of it joins in. A statement that
leaves no trace in the catalog borrows the next one that does.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from harness.fix.facts import Fact, Literal
    from harness.fix.timeline import Timeline

Witness = tuple["Literal", ...]
"""True when one of these is."""

_LONGEST = 3
_COSTS = {
    "relation": 1.0,
    "column": 1.2,
    "constraint": 1.5,
    "type": 1.5,
    "label": 2.0,
    "trigger": 2.0,
    "policy": 2.0,
    "partition": 2.0,
    "schema": 2.0,
    "extension": 2.0,
    "domain constraint": 2.0,
    "rule": 2.5,
    "not null": 3.0,
    "column type": 3.0,
    "identity": 3.0,
    "default": 3.5,
    "function": 4.0,
    "publication": 4.0,
    "event trigger": 4.0,
}
"""How hard a literal is to read; kinds that are not here are no witnesses."""
_TABLES_AND_VIEWS = frozenset("rpvmf")


def own(timeline: Timeline, moment: int) -> list[Witness]:
    """Return the witnesses that begin with what the statement itself made true, the best first."""
    literals = _usable(timeline, moment, moment)
    return sorted(_chains(timeline, moment, timeline.file_of(moment), literals, _LONGEST), key=cost)


def borrowed(timeline: Timeline, moment: int, last: int) -> Iterator[Witness]:
    """Yield what each statement after it, up to `last`, made true for good, the nearest first."""
    for later in range(moment + 1, last + 1):
        found = _chains(timeline, moment, timeline.file_of(later), _usable(timeline, moment, later), 1)
        best = min(found, key=cost, default=None)
        if best:
            yield best


def left(timeline: Timeline, moment: int, words: Set[str]) -> Iterator[Witness]:
    """Yield what later statements took away for good of what its words name, so of what it may need."""
    for later in range(moment + 1, timeline.last + 1):
        needed = [
            literal
            for literal in _usable(timeline, moment, later)
            if not literal.holds
            and literal.fact.name in words
            and (literal.fact.owner or literal.fact.name) in words
        ]
        found = _chains(timeline, moment, timeline.file_of(later), needed, 1)
        best = min(found, key=cost, default=None)
        if best:
            yield best


def cost(witness: Witness) -> float:
    """Return how hard a witness is to read."""
    return sum(_cost(literal.fact) + (0 if literal.holds else 0.5) for literal in witness)


def _cost(fact: Fact) -> float:
    if fact.kind == "relation" and fact.detail not in _TABLES_AND_VIEWS:
        return 2.2
    return _COSTS[fact.kind]


def _usable(timeline: Timeline, moment: int, later: int) -> list[Literal]:
    """Return what a statement made true and what was not so just before the one at `moment`."""
    return [
        literal
        for literal in timeline.turned(later)
        if literal.fact.kind in _COSTS and not timeline.holds(literal, moment - 1)
    ]


def _chains(
    timeline: Timeline, moment: int, file: int, candidates: Iterable[Literal], longest: int
) -> Iterator[Witness]:
    """Yield disjunctions of so many literals at most; one is true at the end of each file from `file` on."""
    for literal in candidates:
        reach = timeline.until(literal, file)
        if reach == file:
            continue
        if reach == len(timeline.ends):
            yield (literal,)
        elif longest > 1:
            first = timeline.ends[reach - 1] + 1
            following = (
                other
                for later in range(first, timeline.ends[reach] + 1)
                for other in _usable(timeline, moment, later)
            )
            cheapest = sorted(set(following), key=lambda other: cost((other,)))
            rest = _chains(timeline, moment, reach, islice(cheapest, 20), longest - 1)
            yield from ((literal, *others) for others in islice(rest, 5))
