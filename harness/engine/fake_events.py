"""The fake engine's event streams: what happens is pushed into them, whoever iterates blocks until then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from threading import Condition

from harness.engine.model import Event

REMEMBERED = 256
"""How many past events the engine keeps."""


class FakeEvents:
    """An `EventStream`. `wait` blocks, with the lock of `changed` held, until something may have happened."""

    def __init__(self, labels: Mapping[str, str], changed: Condition, wait: Callable[[], None]) -> None:
        self._labels = labels
        self._changed = changed
        self._wait = wait
        self._arrived: deque[Event] = deque()
        self._ended = False

    def __iter__(self) -> Iterator[Event]:
        while (event := self._next()) is not None:
            yield event

    def push(self, event: Event) -> None:
        """Deliver an event, when it is about something that carries the labels."""
        with self._changed:
            if not self._ended and self._labels.items() <= event.attributes.items():
                self._arrived.append(event)
                self._changed.notify_all()

    def end(self) -> None:
        """Let the stream end once what has arrived is read: for a reader that did not close it, it is lost."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """End the stream, and with it a read that is under way in another thread."""
        with self._changed:
            self._arrived.clear()
            self.end()

    def _next(self) -> Event | None:
        with self._changed:
            while not self._arrived and not self._ended:
                self._wait()
            return self._arrived.popleft() if self._arrived else None
