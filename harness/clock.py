"""The one seam for time: everything that waits or stamps takes a `Clock`.

Two kinds of time are kept apart. `monotonic` measures how long something took and never jumps; `wall` is
comparable with what the engine writes (`StartedAt`, `FinishedAt`, event times) and may jump.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds, as floats."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...


class SystemClock:
    """The machine's own clock."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)
    sleep = staticmethod(time.sleep)


class ManualClock:
    """A clock that a test moves by hand; sleeping moves it at once."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._now = start

    def monotonic(self) -> float:
        """Return the time that was set."""
        return self._now

    def wall(self) -> float:
        """Return the time that was set: both kinds of time run together here."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move the time by `seconds`."""
        self._now += seconds
