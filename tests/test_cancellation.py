"""How a run is told to stop."""

from __future__ import annotations

import signal
import time

import pytest

from harness.cancellation import Cancellation
from harness.errors import CancelledError


def test_whoever_asks_after_a_cancellation_is_told() -> None:
    """Before it nothing happens; afterwards each question raises."""
    cancellation = Cancellation()
    cancellation.check()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        cancellation.check()


def test_those_who_wait_are_woken_and_those_who_come_too_late_at_once() -> None:
    """Nobody waits for something that has been called off; who has been forgotten is left alone."""
    cancellation, woken = Cancellation(), list[str]()
    gone = lambda: woken.append("gone")  # noqa: E731 - the same object is registered and forgotten
    cancellation.on_cancel(lambda: woken.append("early"))
    cancellation.on_cancel(gone)
    cancellation.forget(gone)
    cancellation.cancel()
    cancellation.on_cancel(lambda: woken.append("late"))
    assert woken == ["early", "late"]


def test_a_second_signal_in_the_middle_of_the_first_is_fine() -> None:
    """Ctrl-C twice, or Ctrl-C and SIGTERM: the second handler runs on top of the first, in the same thread."""
    cancellation, nested = Cancellation(), list[int]()

    def handle(number: int, _: object) -> None:
        cancellation.cancel()
        nested.append(number)

    before = signal.signal(signal.SIGVTALRM, handle)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.0002, 0.0002)
    try:
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            cancellation.cancel()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert nested
