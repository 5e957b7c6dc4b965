"""What a boot, a check and a run can end with.

A `Verdict` judges one boot of one service. An `Outcome` judges a scenario or a run; only `PASSED` is a pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What became of one boot of one service."""

    READY = "ready"
    FAILED = "failed"
    """It exited and will not come up: a fatal cause was seen at its first exit, or nothing restarts it."""
    CRASHLOOP = "crashloop"
    """It exited again and again: twice for the same reason, or more often than the crash budget allows."""
    UNHEALTHY = "unhealthy"
    """It runs, and its healthcheck used up its patience."""
    TIMEOUT = "timeout"
    """It runs, and did not become ready within the deadline."""
    DRIFT = "drift"
    """It is ready, and the boot has changed the database; of a whole boot only."""
    RACE = "race"
    """A replica failed while others booted, and comes up when it boots again alone; of a whole boot only."""


class Outcome(StrEnum):
    """What a scenario, or a whole run, ended with."""

    PASSED = "passed"
    FAILED = "failed"
    """A boot or a check did not give what was expected of it."""
    ERRORED = "errored"
    """The scenario could not be carried out as written."""
    INCONCLUSIVE = "inconclusive"
    """The engine or the harness failed: nothing is known about the stack."""
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


EXIT_CODES = {
    Outcome.PASSED: 0,
    Outcome.FAILED: 1,
    Outcome.ERRORED: 2,
    Outcome.INCONCLUSIVE: 3,
    Outcome.SKIPPED: 3,
    Outcome.CANCELLED: 130,
}
"""The command line's contract: nothing but a pass is 0, and a run in which nothing ran is 3."""

_WORST_FIRST = (
    Outcome.CANCELLED,
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.INCONCLUSIVE,
    Outcome.SKIPPED,
    Outcome.PASSED,
)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of a run made of `outcomes`; a run of nothing is `SKIPPED`, which is no pass."""
    seen = set(outcomes)
    return next((outcome for outcome in _WORST_FIRST if outcome in seen), Outcome.SKIPPED)
