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

    from harness.fix.facts import Literal
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
_COST_OF_AN_INDEX = 4.5
TABLES_AND_VIEWS = frozenset("rpvmf")
"""Of pg_class.relkind."""


def own(timeline: Timeline, moment: int) -> list[Witness]:
    """Return the witnesses that begin with what the statement itself made true, the best first."""
    literals = _usable(timeline, moment, moment)
    found = _chains(timeline, moment, timeline.file_of(moment), literals, _LONGEST)
    return sorted(found, key=lambda witness: cost(timeline, moment, witness))


def borrowed(timeline: Timeline, moment: int, last: int) -> list[Witness]:
    """Return what each statement after it, up to `last`, made true for good, the nearest first."""
    return _firm_first(timeline, (_usable(timeline, moment, n) for n in range(moment + 1, last + 1)), moment)


def left(timeline: Timeline, moment: int, words: Set[str]) -> list[Witness]:
    """Return what later statements took away for good of what its words name, so of what it may need."""
    needed = (
        [
            literal
            for literal in _usable(timeline, moment, later)
            if not literal.holds and {literal.fact.name, literal.fact.owner or literal.fact.name} <= words
        ]
        for later in range(moment + 1, timeline.last + 1)
    )
    return _firm_first(timeline, needed, moment)


def _firm_first(timeline: Timeline, steps: Iterable[list[Literal]], moment: int) -> list[Witness]:
    """Return the best lasting literal of each later statement, those that no second boot touches first."""
    best = [
        min(lasting, key=lambda witness: cost(timeline, moment, witness))
        for later, literals in enumerate(steps, start=moment + 1)
        if (lasting := list(_chains(timeline, moment, timeline.file_of(later), literals, 1)))
    ]
    return sorted(best, key=lambda witness: timeline.is_shaky(witness[0].fact, moment))


def cost(timeline: Timeline, moment: int, witness: Witness) -> float:
    """Return how hard a witness is to read, and how likely to fail."""
    return sum(_cost(timeline, moment, literal) for literal in witness)


def _cost(timeline: Timeline, moment: int, literal: Literal) -> float:
    fact = literal.fact
    is_table = fact.kind != "relation" or fact.detail in TABLES_AND_VIEWS
    kind = _COSTS[fact.kind] if is_table else _COST_OF_AN_INDEX
    return kind + (0 if literal.holds else 0.5) + (2 if timeline.is_shaky(fact, moment) else 0)


def _usable(timeline: Timeline, moment: int, later: int) -> list[Literal]:
    """Return what a statement made true and what was not so just before the one at `moment`.

    That a function is gone is no sign to others: CREATE OR REPLACE brings it back for a while at each boot.
    """
    return [
        literal
        for literal in timeline.turned(later)
        if literal.fact.kind in _COSTS
        and not timeline.holds(literal, moment - 1)
        and (later == moment or literal.holds or literal.fact.kind != "function")
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
            cheapest = sorted(set(following), key=lambda other: _cost(timeline, moment, other))
            rest = _chains(timeline, moment, reach, islice(cheapest, 20), longest - 1)
            yield from ((literal, *others) for others in islice(rest, 5))
