"""What a bisection found, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.git import Commit

if TYPE_CHECKING:
    from harness.replay.model import Replay


class Health(StrEnum):
    """What a replay says of the ladder in one commit."""

    GOOD = "good"
    """It boots twice, and the second boot changes nothing."""
    BAD = "bad"
    """The warm boot fails or drifts."""
    COLD = "cold"
    """Even the cold boot fails."""
    UNREADABLE = "unreadable"
    """There is no ladder, or none that can be read."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One commit that was looked at."""

    commit: Commit
    health: Health
    replay: Replay | None
    """None when the ladder is unreadable."""
    error: str
    """Why it is unreadable; empty otherwise."""
    repeated: bool
    """The ladder is the same as in a commit before, so that it was not replayed again."""


@dataclass(frozen=True, slots=True)
class Bisection:
    """A search through the history of a ladder."""

    path: str
    """The ladder's path from the top of its repository."""
    style: str
    why_style: str
    postgres: str
    good: Trial
    bad: Trial
    touching: int
    """How many commits after the good one, up to the bad one, touch the ladder."""
    trials: tuple[Trial, ...]
    """All that were looked at, in that order, both ends included."""
    suspects: tuple[Commit, ...]
    """Which may be the first bad one, the oldest first: empty when the bad end is good, several after skips."""
    first_bad: Trial | None
    """The first bad commit, when there is a single suspect."""

    @property
    def wanted(self) -> Health:
        """What was searched for: the first commit with a bad warm boot, or with a failing cold boot."""
        return Health.COLD if self.bad.health is Health.COLD else Health.BAD

    @property
    def replays(self) -> int:
        """How many times a ladder was replayed."""
        return sum(trial.replay is not None and not trial.repeated for trial in self.trials)

    @property
    def skipped(self) -> tuple[Trial, ...]:
        """The trials that say nothing about what was searched for."""
        return tuple(trial for trial in self.trials if is_skipped(trial.health, self.wanted))


def is_skipped(health: Health, wanted: Health) -> bool:
    """Whether a commit in this health says nothing about the search: as `git bisect skip`."""
    return health is Health.UNREADABLE or (health is Health.COLD and wanted is Health.BAD)
