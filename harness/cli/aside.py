"""A run's progress, shown by a thread of its own: a display that fails or hangs changes and delays nothing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import SimpleQueue

from harness.cli.output import nowhere
from harness.journal import Record

Display = Callable[[], AbstractContextManager[Callable[[Record], None]]]
"""Begins a display: inside of the context it takes records."""

PATIENCE = 2.0
"""Seconds that a display gets for its last records: a terminal that was stopped (Ctrl-S) may never take them."""


class Aside:
    """A journal's listener that hands each record on to a display and never waits for it."""

    def __init__(self, display: Display) -> None:
        self.problem = ""
        """What the display failed with; it is not heard of again."""
        self._display = display
        self._records: SimpleQueue[Record | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="display", daemon=True)
        self._thread.start()

    def __call__(self, record: Record) -> None:
        """Take in a record."""
        self._records.put(record)

    def close(self) -> None:
        """Let the display come to its end; one that hangs keeps the stderr that it hangs on to itself."""
        self._records.put(None)
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            # Who writes to the same stream would wait for the same lock, the interpreter at its end included.
            sys.stderr = nowhere()

    def _run(self) -> None:
        try:
            with self._display() as listener:
                while (record := self._records.get()) is not None:
                    listener(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told at the end
            self.problem = f"{type(error).__name__}: {error}"
