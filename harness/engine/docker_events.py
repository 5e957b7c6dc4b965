"""The engine's event stream over HTTP: one JSON object a line, for as long as nobody closes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import requests

from harness.engine.events import parse_event
from harness.engine.held import ClosedError, HeldAnswer
from harness.engine.model import Event


class DockerEvents:
    """An `EventStream` over the answer of GET /events; one thread iterates, any thread closes.

    Both a daemon that goes away and one that closes the connection end the iteration: a stream that ends
    although nobody closed it has been lost.
    """

    def __init__(self, response: requests.Response) -> None:
        self._answer = HeldAnswer(response)
        self._lines = response.iter_lines(chunk_size=None)

    def __iter__(self) -> Iterator[Event]:
        while (line := self._next_line()) is not None:
            if line:
                yield parse_event(json.loads(line))

    def close(self) -> None:
        """End the stream, and with it a read that is under way in another thread."""
        self._answer.close()

    def _next_line(self) -> bytes | None:
        """Wait for a line; None at the end, however the stream ended."""
        with suppress(ClosedError, requests.RequestException, OSError):
            return self._answer.take(lambda: next(self._lines, None))
        return None
