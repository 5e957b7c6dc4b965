"""The engine's event stream over HTTP: one JSON object a line, for as long as nobody closes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from threading import Event as Flag
from threading import Lock

import requests

from harness.engine.events import parse_event
from harness.engine.model import Event


class DockerEvents:
    """An `EventStream` over the answer of GET /events; one thread iterates, any thread closes.

    Both a daemon that goes away and one that closes the connection end the iteration: a stream that ends
    although nobody closed it has been lost.
    """

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._lines = response.iter_lines(chunk_size=None)
        self._closed = Flag()
        self._reading = Lock()

    def __iter__(self) -> Iterator[Event]:
        while (line := self._next_line()) is not None:
            if line:
                yield parse_event(json.loads(line))

    def close(self) -> None:
        """End the stream; the socket is shut down first, which wakes a read in another thread."""
        if self._closed.is_set():
            return
        self._closed.set()
        with suppress(OSError, ValueError):
            self._response.raw.shutdown()
        with self._reading:
            self._response.close()

    def _next_line(self) -> bytes | None:
        """Wait for a line; None at the end, however the stream ended."""
        with self._reading:
            if self._closed.is_set():
                return None
            with suppress(requests.RequestException, OSError):
                return next(self._lines, None)
        return None
