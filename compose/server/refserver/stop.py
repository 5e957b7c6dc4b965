"""How the server ends when it is told to: cleanly if it can, within a second in any case.

As process 1 of a container it has no default reaction to SIGTERM: without a handler `docker stop` would wait
out its grace period whenever the ladder waits for a lock.
"""

import os
import signal
from types import FrameType

from refserver.log import logger

PATIENCE = 0.8
"""Seconds from the signal to the end, at most."""
CUT_OFF = 128 + signal.SIGTERM
"""The exit code of a boot or of requests that were cut off; a clean end is 0."""


def on_signals() -> None:
    """Make SIGTERM and SIGINT raise KeyboardInterrupt, on which psycopg also cancels its query."""
    signal.signal(signal.SIGALRM, _cut_off)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)


def start_patience() -> None:
    """Let the process live for `PATIENCE` from now on, and no longer."""
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    start_patience()
    raise KeyboardInterrupt(signal.Signals(number).name)


def _cut_off(_number: int, _frame: FrameType | None) -> None:
    logger.warning("still busy %s s after the signal: cut off", PATIENCE)
    os._exit(CUT_OFF)
