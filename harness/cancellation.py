"""How a run is told to stop: from the thread that gets the signals to the threads that do the work.

Work never runs in the main thread, so a signal cannot tear it in the middle of a call or of its cleaning up: it is
told, and unwinds by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from harness.errors import CancelledError


class Cancellation:
    """Set once; asked often."""

    def __init__(self) -> None:
        # A signal's handler may be interrupted by another signal's, in the same thread.
        self._lock = threading.RLock()
        self._is_set = False
        self._callbacks: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Ask everyone to stop, and wake those who wait."""
        with self._lock:
            self._is_set = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    @property
    def is_set(self) -> bool:
        """Whether the run has been asked to stop."""
        return self._is_set

    def check(self) -> None:
        """Raise `CancelledError` if the run has been asked to stop."""
        if self._is_set:
            raise CancelledError("cancelled")

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the run is asked to stop, from the thread that asks; at once if it has been."""
        with self._lock:
            self._callbacks.append(callback)
            is_set = self._is_set
        if is_set:
            callback()

    def forget(self, callback: Callable[[], None]) -> None:
        """Do not call `callback` any more."""
        with self._lock:
            self._callbacks.remove(callback)
