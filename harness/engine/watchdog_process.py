"""Waits for the end of a run's process, and cleans up after it if it did not say farewell.

A program of its own, started by path as `python -I -S watchdog_process.py PLAN` (see `harness.detached`):
standard library only, until there is something to do. The plan is a JSON object: `address` of the engine, `run`,
`folder` of the run, and `path`, the `sys.path` on which the rest of bootsmoke is.
"""

from __future__ import annotations

import json
import os
import signal
import sys

FAREWELL = b"."
"""What the owner writes when there is nothing to clean up."""
MARK = "BOOTSMOKE_RUN"
"""The environment variable of the processes that have to end with the run's: its builds."""
SECONDS = 60
"""How long the cleaning up goes on at most."""


def main(*, address: str, run: str, folder: str, path: list[str]) -> int:
    """Wait, and return the exit status; the arguments are the plan."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the owner's end is the one reason to do something
    if os.read(0, 1) == FAREWELL:
        return 0
    signal.alarm(SECONDS + 5)  # whatever happens now, this program does not stay
    sys.path[:] = path
    from harness.engine.aftermath import clean_up  # noqa: PLC0415 - Docker's SDK and all, 20 MiB

    clean_up(address, run, folder, seconds=SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(**json.loads(sys.argv[1])))
