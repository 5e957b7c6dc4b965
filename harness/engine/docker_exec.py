"""A command inside a container: over one hijacked connection, within a time that is kept."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.engine.client import send
from harness.engine.model import ExecResult
from harness.engine.streams import frames, last_bytes
from harness.errors import EngineError, EngineTimeoutError

if TYPE_CHECKING:
    import docker
    import requests

_SETTLE = 1.0
"""Seconds that the engine has at least, once the output has ended, to write down the exit code."""


def run_exec(
    client: docker.APIClient,
    container: str,
    command: Sequence[str],
    *,
    timeout: float,
    environment: Mapping[str, str] | None,
    stdin: bytes | None,
) -> ExecResult:
    """Carry out `Engine.exec` with a borrowed client; of the output at most the last 4 MiB are kept."""
    if stdin is not None and client.base_url.startswith("https://"):
        raise EngineError("a command's stdin cannot be sent to an engine over TLS: its end cannot be told")
    deadline = time.monotonic() + timeout
    identity = client.exec_create(
        container, list(command), stdin=stdin is not None, environment=dict(environment or {})
    )["Id"]
    output = _converse(_begin(client, identity, timeout), stdin, deadline)
    if time.monotonic() >= deadline:
        msg = f"{command[0]} in container {container} did not end within {timeout:g} s"
        raise EngineTimeoutError(msg)
    return ExecResult(_exit_code(client, identity, deadline), output.decode(errors="replace"))


def _begin(client: docker.APIClient, identity: str, timeout: float) -> requests.Response:
    """Start it; the connection's own time-out is only there for an engine that answers nothing at all."""
    path, body = f"/exec/{identity}/start", {"Tty": False, "Detach": False}
    return send(client, "POST", path, body=body, timeout=timeout + _SETTLE)


def _converse(response: requests.Response, stdin: bytes | None, deadline: float) -> bytes:
    """Write stdin and read the output at the same time, until the output's end or the deadline."""
    with response, _second_handle(response, deadline) as wire:
        writer = Thread(target=_feed, args=(wire, stdin), daemon=True)
        alarm = Timer(max(0.0, deadline - time.monotonic()), _hang_up, [wire])
        writer.start()
        alarm.start()
        try:
            return b"".join(payload for _, payload in last_bytes(frames(response.raw.read)))
        finally:
            alarm.cancel()
            alarm.join()
            _hang_up(wire)
            writer.join()


@contextmanager
def _second_handle(response: requests.Response, deadline: float) -> Iterator[socket.socket]:
    """Open the connection for writing: the response itself can only be read."""
    with socket.socket(fileno=os.dup(response.raw.fileno())) as wire:
        # Both handles share O_NONBLOCK, which Python sets for a socket with a time-out: this one has one too.
        wire.settimeout(max(_SETTLE, deadline - time.monotonic()))
        yield wire


def _feed(wire: socket.socket, stdin: bytes | None) -> None:
    """Send stdin and its end. A command may end without reading it all, as in a shell's pipe."""
    if stdin is not None:
        with suppress(OSError):
            wire.sendall(stdin)
            wire.shutdown(socket.SHUT_WR)


def _hang_up(wire: socket.socket) -> None:
    """End reads and writes of both handles; the engine may have hung up before."""
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _exit_code(client: docker.APIClient, identity: str, deadline: float) -> int:
    """Read the exit code, which the engine writes a moment after the output has ended."""
    patience = max(_SETTLE, deadline - time.monotonic())
    asking = Retrying(retry=retry_if_result(_runs), wait=wait_fixed(0.01), stop=stop_after_delay(patience))
    try:
        return int(asking(client.exec_inspect, identity)["ExitCode"])
    except RetryError as error:
        raise EngineTimeoutError("the command's output has ended, and the command has not") from error


def _runs(inspected: Mapping[str, Any]) -> bool:
    return bool(inspected["Running"])
