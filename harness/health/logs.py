"""A life's log, read while it is lived, so that the verdict does not wait for the engine's cleaning up.

After a `die` the engine (20.10) answers a question for the log only when it has released the container: some 70 ms
later, and half a second on a busy disk. A stream that follows the log has told all of it by then, but for a last
line without a newline, which is mostly missing from it.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import closing

from harness.engine.model import LogLine
from harness.engine.protocol import Engine, LogStream
from harness.errors import EngineError

LOG_TAIL = 2000
"""Lines of a life that are kept: its last ones."""
MOST_READ = 2 * 1024 * 1024
MOST_LINES = 2 * LOG_TAIL
"""Characters and lines that are read in one life: a flood of 150 MB/s would cost a processor and be behind."""


class LifeLog:
    """Reads the log of the life that is under way, from `since` on, in a thread of its own."""

    def __init__(self, engine: Engine, container: str, *, since: float | None) -> None:
        self._engine = engine
        self._container = container
        self._since = since
        self._lines: deque[LogLine] = deque(maxlen=LOG_TAIL)
        self._is_whole = False
        self._over = threading.Event()
        self._closing = threading.Lock()
        self._is_closed = False
        self._stream: LogStream | None = None
        threading.Thread(target=self._run, name=f"log of {container[:12]}", daemon=True).start()

    def complete(self, timeout: float) -> list[LogLine] | None:
        """Wait at most `timeout` seconds for the end of the life's log, and return its last lines.

        None where it has not ended by then, was closed, was lost, or was too much to be read.
        """
        self._over.wait(timeout)
        return list(self._lines) if self._is_whole else None

    def close(self) -> None:
        """Read no more; a stream that is being opened just now is not waited for."""
        with self._closing:
            self._is_closed = True
            if self._stream:
                self._stream.close()

    def _run(self) -> None:
        try:
            with closing(self._engine.follow(self._container, since=self._since)) as stream:
                self._opened(stream)
                self._is_whole = self._read(stream) and not self._is_closed
        except EngineError:
            # Nobody has asked yet. Whoever does reads the log afresh, and meets the error if it is still there.
            return
        finally:
            self._over.set()

    def _opened(self, stream: LogStream) -> None:
        with self._closing:
            self._stream = stream
            if self._is_closed:
                stream.close()

    def _read(self, stream: LogStream) -> bool:
        """Read to the end, and say whether it was reached."""
        size = 0
        for number, line in enumerate(stream, 1):
            self._lines.append(line)
            size += len(line.text)
            if size > MOST_READ or number > MOST_LINES:
                return False
        return True
