"""Whether the engine lives, asked only while a call waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from harness.errors import EngineUnavailableError

PATIENCE = 10.0
"""Seconds without any sign of life, while a call waits, after which the engine is lost."""
INTERVAL = 1.0
"""Seconds that a call takes until the engine is asked whether it lives, and between two such questions."""
PING = 1
"""Seconds that the answer may take; the engine gives it in one or two milliseconds, whatever else it does."""
_AGAIN = 0.1
"""Seconds between two questions once there was no answer."""
_STANDS = 2.0
"""Seconds for which it stands that the engine is lost: who cleans up asks for many things one after the other."""


class Pulse:
    """The pulse of the engine at `address`; `ping` says within `PING` seconds whether it answers just now.

    The silence is that of all calls together: once the engine is lost, the next call is given up at its first look.
    """

    def __init__(self, address: str, ping: Callable[[], bool]) -> None:
        self._address = address
        self._ping = ping
        self._silent_since: float | None = None
        self._lost_at: float | None = None
        self._lock = Lock()

    @property
    def interval(self) -> float:
        """Seconds until the pulse is to be felt again."""
        with self._lock:
            return INTERVAL if self._silent_since is None else _AGAIN

    def beat(self) -> None:
        """Take in that the engine has answered something."""
        with self._lock:
            self._silent_since = self._lost_at = None

    def feel(self) -> None:
        """Ask the engine; `EngineUnavailableError` when it has been silent for too long."""
        asked = time.monotonic()
        if not self._stands(asked) and self._ping():
            self.beat()
            return
        silence = self._bear(asked)
        if silence >= PATIENCE:
            raise EngineUnavailableError(
                f"the engine at {self._address} has not answered for {silence:.0f} s: it is stopped, or hangs",
                help="look at dockerd and at its log (journalctl -u docker), and restart it",
            )

    def _stands(self, now: float) -> bool:
        with self._lock:
            return self._lost_at is not None and now - self._lost_at < _STANDS

    def _bear(self, asked: float) -> float:
        """Take in that there was no answer, and return for how many seconds there has been none."""
        now = time.monotonic()
        with self._lock:
            self._silent_since = self._silent_since or asked - INTERVAL
            silence = now - self._silent_since
            if silence >= PATIENCE and (self._lost_at is None or now - self._lost_at >= _STANDS):
                self._lost_at = now
            return silence
