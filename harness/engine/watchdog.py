"""Sees to it that a run is cleaned up after even when its process is killed.

A program of its own (`watchdog_process`) waits for this process's end, and then removes what the run has left
(`aftermath`). It needs no container, and it talks to the engine only then.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from harness import detached
from harness.engine import watchdog_process
from harness.engine.watchdog_process import FAREWELL, MARK

_FAREWELL_SECONDS = 5.0


class Watchdog:
    """Watches over one run for the length of a `with` block.

    When the block ends after `is_done` was set, the watchdog ends with it and touches nothing. Otherwise, which is
    also when this process dies, it removes everything of the run but what was kept for a look at it.
    """

    def __init__(self, address: str, run_id: str, folder: Path) -> None:
        """Name the engine, the run, and the folder with the run's journal, where the watchdog tells what it did."""
        path = [entry or str(Path.cwd()) for entry in sys.path]
        plan = {"address": address, "run": run_id, "folder": str(folder), "path": path}
        self._process = detached.start(watchdog_process.__file__, plan)
        self.is_done = False

    @staticmethod
    def mark(run_id: str) -> dict[str, str]:
        """Return the environment variable by which it finds, and kills, the processes that a dead run has left."""
        return {MARK: run_id}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - it was asked for
        with pipe, suppress(BrokenPipeError):  # a watchdog that somebody has killed needs no farewell
            if self.is_done:
                pipe.write(FAREWELL)
        reaper = threading.Thread(target=self._process.wait, daemon=True)
        reaper.start()
        if self.is_done:
            reaper.join(_FAREWELL_SECONDS)
