"""Where two boots of a part of a ladder would stop, on a symbolic Postgres: a guess that takes milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from harness.simulator.session import Session
from harness.simulator.simulate import Boot, empty, holds_for_a_session

if TYPE_CHECKING:
    from harness.simulator.simulate import Result, Step


class Stop(NamedTuple):
    """The statement that ends a boot."""

    is_cold: bool
    number: int
    """Its place among the steps, from 0."""
    sqlstate: str
    message: str


class Outlook(NamedTuple):
    """What two boots would come to."""

    stop: Stop | None
    """None when both would pass, as far as the statements are understood."""
    assumed: frozenset[str]
    """What the statements need and do not make, taken as given."""


def outlook(steps: Sequence[Step], setup: Sequence[Step] = ()) -> Outlook:
    """Boot some statements cold on an empty database with `setup` in front, then warm, up to the first refusal."""
    store = empty()
    cold = Boot(Session(store, is_cold=True))
    cold.run(setup)
    stop = _first(cold.run(steps), is_cold=True)
    cold.end()
    if stop is None:
        warm = Boot(Session(store, is_cold=False, doubt=cold.session.doubt))
        warm.run([step for step in setup if holds_for_a_session(step)])
        stop = _first(warm.run(steps), is_cold=False)
    return Outlook(stop, frozenset(cold.session.assumed))


def _first(results: Sequence[Result], *, is_cold: bool) -> Stop | None:
    """Return the first refusal that is sure."""
    return next(
        (
            Stop(is_cold, number, result.refused.sqlstate, result.refused.message)
            for number, result in enumerate(results)
            if result.refused and not result.is_doubtful
        ),
        None,
    )
