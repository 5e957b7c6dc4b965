"""A container's log over HTTP while it grows: the frames of GET /containers/ID/logs?follow=1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

import requests

from harness.engine.held import ClosedError, HeldAnswer
from harness.engine.model import LogLine
from harness.engine.streams import frames, log_lines


class DockerLog:
    """A `LogStream`; one thread iterates, any thread closes.

    The engine closes the log of a life before it sends the life's `die`, and the stream with it (moby,
    daemon/monitor.go; engine 20.10: within 15 ms of the event, also on a busy disk). The stream ends with HTTP's
    last chunk: without that, the engine has been lost.
    """

    def __init__(
        self,
        response: requests.Response,
        since: float | None,
        errors: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._answer = HeldAnswer(response)
        self._body = response.raw
        self._since = since
        self._errors = errors

    def __iter__(self) -> Iterator[LogLine]:
        with suppress(ClosedError), self._errors():
            for line in log_lines(frames(self._read)):
                if self._since is None or line.at >= self._since:
                    yield line

    def close(self) -> None:
        """End the stream, and with it a read that is under way in another thread."""
        self._answer.close()

    def _read(self, most: int) -> bytes:
        """Wait for bytes, and return those that are there."""
        data: bytes = self._answer.take(lambda: self._body.read1(most))
        return data
