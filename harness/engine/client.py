"""The Docker SDK's clients, and the one place where its errors become ours.

An SDK client must not be used by two threads at once, so each call takes one and gives it back; there are never
more of them than calls that ran at the same time.

A call may take as long as its work does: a stop waits for a grace period, a pull for a registry. An engine that
has been stopped or hangs accepts connections all the same and says nothing, so while a call waits the engine is
asked whether it lives. The call has a thread of its own, which is left behind when the engine is given up.
"""

from __future__ import annotations

import math
import os
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager
from queue import Empty, LifoQueue
from threading import Thread
from typing import Any, Literal, TypeVar

import docker
import docker.errors
import docker.utils
import requests
import urllib3
from docker.constants import DEFAULT_DOCKER_API_VERSION

from harness.engine.pulse import PING, Pulse
from harness.errors import (
    ConflictError,
    EngineError,
    EngineTimeoutError,
    EngineUnavailableError,
    NotFoundError,
)

CALL_TIMEOUT = 60
"""Seconds without a byte from a living engine after which a call is given up."""
OPENING = 10.0
"""Seconds that a stream without end may take to begin."""

_NOT_RUNNING = re.compile(r": Container [0-9a-f]{12} is not running: ")
_LONG_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")

Body = Mapping[str, object]
Method = Literal["GET", "POST"]
Answer = TypeVar("Answer")


class Clients:
    """A pool of SDK clients for the engine at a unix:// or tcp:// address; TLS as DOCKER_CERT_PATH says."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("unix://", "tcp://", "http://", "https://")):
            msg = f"the engine's address {address!r} is neither unix:///path nor tcp://host:port"
            raise EngineUnavailableError(
                msg, help="forward a remote engine's socket: ssh -L ./d.sock:/var/run/docker.sock HOST"
            )
        self.address = address
        self._version = "auto"
        self._idle: LifoQueue[docker.APIClient] = LifoQueue()
        self._pulse = Pulse(address, self._ping)

    def call(self, doing: str, ask: Callable[[docker.APIClient], Answer], *, limit: float = math.inf) -> Answer:
        """Let `ask` speak with the engine, and return what it returns.

        `doing` begins the message of every error: "cannot start container web". `EngineUnavailableError` when the
        engine gives no sign of life for `pulse.PATIENCE` seconds meanwhile, `EngineTimeoutError` after `limit`
        seconds, which is for requests without a time-out of their own.
        """
        end = time.monotonic() + limit
        answer = Future[Answer]()
        Thread(target=self._carry_out, args=(ask, answer), name=doing, daemon=True).start()
        while not wait([answer], timeout=self._pulse.interval).done:
            self._pulse.feel()
            if time.monotonic() > end:
                raise _too_late(doing)
        with self.errors(doing):
            return answer.result()

    @contextmanager
    def errors(self, doing: str) -> Iterator[None]:
        """Make the errors of the libraries beneath ours; `doing` begins their messages."""
        try:
            yield
        except docker.errors.APIError as error:
            raise _refusal(doing, error) from error
        except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError) as error:
            raise _too_late(doing) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unavailable(error) from error
        except docker.errors.DockerException as error:
            msg = f"{doing}: {error}"
            raise EngineError(msg) from error

    def close(self) -> None:
        """Close the connections of all clients that are not lent just now."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _carry_out(self, ask: Callable[[docker.APIClient], Answer], answer: Future[Answer]) -> None:
        try:
            with self._lent() as client:
                told = ask(client)
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            answer.set_exception(error)
        else:
            answer.set_result(told)

    @contextmanager
    def _lent(self) -> Iterator[docker.APIClient]:
        """Lend a client; one whose connection failed is not used again: the next call knocks anew."""
        client = self._take()
        is_sound = False
        try:
            yield client
            is_sound = True
        except docker.errors.APIError:
            is_sound = True
            raise
        finally:
            if is_sound:
                self._pulse.beat()
            self._idle.put(client) if is_sound else client.close()

    def _take(self) -> docker.APIClient:
        try:
            return self._idle.get_nowait()
        except Empty:
            client = self._new(self._version, CALL_TIMEOUT)
            self._version = client.api_version
            return client

    def _new(self, version: str, timeout: int) -> docker.APIClient:
        _knock(self.address, timeout)
        where = docker.utils.kwargs_from_env({**os.environ, "DOCKER_HOST": self.address})
        try:
            client = docker.APIClient(version=version, timeout=timeout, **where)
        except docker.errors.DockerException as error:
            raise self._unavailable(error) from error
        # requests would look for proxies and for a .netrc at each call: a fifth of what a call costs.
        client.trust_env = not self.address.startswith("unix://")
        return client

    def _ping(self) -> bool:
        """Whether the engine answers just now, whatever it says."""
        version = DEFAULT_DOCKER_API_VERSION if self._version == "auto" else self._version
        try:
            with closing(self._new(version, PING)) as client:
                client.ping()
        except docker.errors.APIError:
            return True
        except (EngineError, docker.errors.DockerException, requests.RequestException, OSError):
            return False
        return True

    def _unavailable(self, error: Exception) -> EngineUnavailableError:
        msg = f"no container engine answers at {self.address}: {_root(error)}"
        return EngineUnavailableError(msg, help="start the engine, or set DOCKER_HOST to one that runs")


def send(
    client: docker.APIClient,
    method: Method,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    body: Body | None = None,
    timeout: float | None = CALL_TIMEOUT,
) -> requests.Response:
    """Make one API call that the SDK has no faithful method for; the answer's body is not read yet.

    Whoever calls closes the response.
    """
    url = f"{client.base_url}/v{client.api_version}{path}"
    response = client.request(method, url, params=params, json=body, stream=True, timeout=timeout)
    try:
        response.raise_for_status()
    except requests.HTTPError as error:
        with response:
            docker.errors.create_api_error_from_http_exception(error)
    return response


def post(client: docker.APIClient, path: str, body: Body) -> Any:
    """POST a body, and return the JSON that is answered; None when nothing is."""
    with send(client, "POST", path, body=body) as response:
        return response.json() if response.content else None


def _knock(address: str, timeout: float) -> None:
    """Raise `OSError` when nothing listens at a unix socket: the SDK leaves a refused one open."""
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(timeout)
            knocking.connect(address.removeprefix("unix://"))


def _too_late(doing: str) -> EngineTimeoutError:
    return EngineTimeoutError(f"{doing}: the engine did not answer in time")


def _refusal(doing: str, error: docker.errors.APIError) -> EngineError:
    """Tell what the engine said, in the engine's own words but for the length of its ids.

    An exec whose container ends just before it starts is a 500 (engine 20.10, getExecConfig), and a conflict.
    """
    message = _LONG_ID.sub(r"\1", f"{doing}: {error.explanation or error}")
    if error.status_code == 500 and _NOT_RUNNING.search(message):
        return ConflictError(message)
    kinds = {403: ConflictError, 404: NotFoundError, 409: ConflictError}
    return kinds.get(error.status_code or 0, EngineError)(message)


def _root(error: BaseException) -> str:
    """Return the words of the first cause that has any: the libraries wrap a refused connection four times."""
    words = ""
    cause: BaseException | None = error
    while cause is not None:
        words = getattr(cause, "strerror", None) or str(cause) or words
        cause = cause.__cause__ or cause.__context__
    return words
