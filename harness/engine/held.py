"""An answer of the engine that goes on for long: one thread reads it, any thread ends it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event as Flag
from threading import Lock
from typing import TypeVar

import requests
import urllib3

Taken = TypeVar("Taken")


class ClosedError(Exception):
    """The answer was closed, maybe while it was read."""


class HeldAnswer:
    """The body of an answer that is not read yet, until it is closed."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._closed = Flag()
        self._reading = Lock()

    def take(self, read: Callable[[], Taken]) -> Taken:
        """Carry out one read of the response, which may block; `ClosedError` once it is closed."""
        with self._reading:
            if self._closed.is_set():
                raise ClosedError
            try:
                return read()
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                if self._closed.is_set():
                    raise ClosedError from error
                raise

    def close(self) -> None:
        """End it; the socket is shut down first, which wakes a read in another thread. May be called twice."""
        if self._closed.is_set():
            return
        self._closed.set()
        # RuntimeError: it has come to its end, and its connection is free for others.
        with suppress(OSError, ValueError, RuntimeError):
            self._response.raw.shutdown()
        with self._reading:
            self._response.close()
