"""Plays small ladders twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.ladder.model import Ladder, Migration
from harness.simulator.model import Simulation, Verdict
from harness.simulator.session import Session
from harness.simulator.simulate import Boot, empty, simulate, steps_of

Twice = Callable[..., list[Verdict]]


def play(*texts: str, setup: str = "") -> Simulation:
    """Boot a ladder of one migration a text, twice."""
    migrations = tuple(_migration(f"{number:03}.up.sql", text) for number, text in enumerate(texts, start=1))
    ladder = Ladder(Path("ladder"), "numbered", migrations)
    return simulate(ladder, _migration("setup.sql", setup) if setup else None)


def _migration(name: str, text: str) -> Migration:
    return Migration(name, Path("ladder") / name, text)


@pytest.fixture
def twice() -> Twice:
    """Play texts of SQL, one migration each, twice; what the second boot makes of each statement."""
    return lambda *texts, setup="": list(play(*texts, setup=setup).verdicts)


@pytest.fixture
def refusals() -> Callable[..., list[str]]:
    """Play texts of SQL twice; the SQLSTATE with which the second boot refuses each statement, if it does.

    A statement of which nothing is known gives `?` and the reason.
    """

    def told(verdict: Verdict) -> str:
        return f"? {verdict.reason}" if verdict.reason else verdict.sqlstate

    return lambda *texts, setup="": [told(verdict) for verdict in play(*texts, setup=setup).verdicts]


@pytest.fixture
def refused() -> Callable[[str], list[str]]:
    """Play one text once, on an empty database; the SQLSTATE of each statement, empty where it passes."""

    def play_once(text: str) -> list[str]:
        results = Boot(Session(empty(), is_cold=False)).run(list(steps_of(_migration("one.sql", text))))
        return [result.unsure or (result.refused.sqlstate if result.refused else "") for result in results]

    return play_once
