"""The fake engine's streams: what happens is pushed into them, whoever iterates blocks until then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from threading import Condition
from typing import Generic, TypeVar

from harness.engine.model import Event, LogLine

REMEMBERED = 256
"""How many past events the engine keeps."""

Item = TypeVar("Item")


class FakeStream(Generic[Item]):
    """What arrives, in order. `wait` blocks, with the lock of `changed` held, until something may have happened."""

    def __init__(self, changed: Condition, wait: Callable[[], None]) -> None:
        self._changed = changed
        self._wait = wait
        self._arrived: deque[Item] = deque()
        self._ended = False

    def __iter__(self) -> Iterator[Item]:
        while (item := self._next()) is not None:
            yield item

    def push(self, item: Item) -> None:
        """Deliver one more."""
        with self._changed:
            if not self._ended:
                self._arrived.append(item)
                self._changed.notify_all()

    def end(self) -> None:
        """Let the stream end once what has arrived is read."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """End the stream, and with it a read that is under way in another thread."""
        with self._changed:
            self._arrived.clear()
            self.end()

    def _next(self) -> Item | None:
        with self._changed:
            while not self._arrived and not self._ended:
                self._wait()
            return self._arrived.popleft() if self._arrived else None


class FakeEvents(FakeStream[Event]):
    """An `EventStream`; one that ends although its reader did not close it is lost."""

    def __init__(self, labels: Mapping[str, str], changed: Condition, wait: Callable[[], None]) -> None:
        super().__init__(changed, wait)
        self._labels = labels

    def push(self, item: Event) -> None:
        """Deliver an event, when it is about something that carries the labels."""
        if self._labels.items() <= item.attributes.items():
            super().push(item)


FakeLog = FakeStream[LogLine]
"""A `LogStream`."""
