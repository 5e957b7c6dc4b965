"""From a seed to labelled cases: pure, each case by its number alone."""

from __future__ import annotations

import random

from tests.behaviours.case import Case
from tests.behaviours.crashing import CRASHING, SLOW, Make
from tests.behaviours.loud import LOUD
from tests.behaviours.staying import RUNNING

MAKERS: tuple[Make, ...] = ((*CRASHING, *RUNNING, *LOUD) * 2) + SLOW
"""One round of behaviours; the slow ones come half as often as the others."""


def case(seed: int, number: int) -> Case:
    """Return case `number` of a seed: its behaviour by turns, all else by chance."""
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 - it shall come again
    return MAKERS[(number + seed) % len(MAKERS)](rng)


def cases(seed: int, number: int) -> dict[str, Case]:
    """Return the first cases of a seed by the names of their services."""
    made = (case(seed, index) for index in range(number))
    return {f"{_slug(one.behaviour)}-{index}": one for index, one in enumerate(made)}


def _slug(behaviour: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in behaviour).strip("-").replace("--", "-")
