"""How often a probe is asked."""

from __future__ import annotations

import itertools

import pytest

from harness.health.model import Patience
from harness.health.probes import FIRST_PAUSE, LATENESS, LONGEST_PAUSE, SHORT_PAUSE, pause


def asked_at(until: float) -> list[float]:
    """Return the moments of a life at which a probe is asked that never passes and takes no time."""
    moments = [0.0]
    while moments[-1] < until:
        moments.append(moments[-1] + pause(len(moments), moments[-1]))
    return moments


def test_a_quick_boot_is_seen_at_once() -> None:
    """The first questions come close together, and those of the first seconds half a second apart at most."""
    moments = asked_at(SHORT_PAUSE / LATENESS)
    steps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert steps[:3] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE])
    assert max(steps) == pytest.approx(SHORT_PAUSE)


def test_a_long_boot_is_asked_less_and_less() -> None:
    """Readiness is seen late by a seventh of the boot, within a deadline's slack; a minute takes few questions."""
    moments = asked_at(600.0)
    late = [(earlier, later - earlier) for earlier, later in itertools.pairwise(moments)]
    assert all(step <= max(SHORT_PAUSE, LATENESS * waited) + 1e-9 for waited, step in late)
    assert max(step for _, step in late) == pytest.approx(LONGEST_PAUSE)
    assert Patience.of(None).slack > LONGEST_PAUSE
    assert sum(moment < 60.0 for moment in moments) < 40


def test_questions_without_end_overflow_nothing() -> None:
    """A probe that was asked for days still has a pause."""
    assert pause(100_000, 1e6) == LONGEST_PAUSE
