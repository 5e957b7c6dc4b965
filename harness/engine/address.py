"""Where the container engine is: the one order in which everything here looks for it.

`DOCKER_HOST`, then the context (`DOCKER_CONTEXT`, or the current one of Docker's configuration), then the default
socket, then the private engine that `make engine` started for a checkout. The first two are Docker's own order
(docs.docker.com/engine/manage-resources/contexts).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.errors import EngineUnavailableError, Place, UsageError

DEFAULT_SOCKET = Path("/var/run/docker.sock")
PRIVATE = Path(".engine/host")
"""The file, relative to a checkout, with the address of its private engine on one line."""

PING_SECONDS = 2.0
"""How long an engine may take to say that it is there."""


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where an engine is, and who said so."""

    url: str
    """As in DOCKER_HOST: unix:///path, tcp://host:port, ssh://..."""
    source: str
    """"DOCKER_HOST", "context NAME", "default socket" or "private engine"."""

    def __str__(self) -> str:
        return f"{self.url} ({self.source})"


def find_engine(
    environment: Mapping[str, str], directory: Path, *, default_socket: Path = DEFAULT_SOCKET
) -> EngineAddress | None:
    """Return the engine to use, None when nothing is configured and nothing answers.

    What a person configured (DOCKER_HOST, a context) is returned whether or not it answers, so that the error
    names it; the default socket and the private engine of `directory` or of a folder above it only if they
    answer. `EngineUnavailableError` when the chosen context does not exist.
    """
    if host := environment.get("DOCKER_HOST"):
        return EngineAddress(host, "DOCKER_HOST")
    if context := _context(environment):
        return context
    default = EngineAddress(f"unix://{default_socket}", "default socket")
    if answers(default.url):
        return default
    private = private_engine(directory)
    return private if private and answers(private.url) else None


def private_engine(directory: Path) -> EngineAddress | None:
    """Return what `make engine` wrote for `directory` or a folder above it, whether or not it answers."""
    for folder in (directory.absolute(), *directory.absolute().parents):
        try:
            url = (folder / PRIVATE).read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            continue
        if url:
            return EngineAddress(url, "private engine")
    return None


def answers(url: str, seconds: float = PING_SECONDS) -> bool:
    """Whether an engine answers `GET /_ping` at a unix:// or plain tcp:// address; False for any other scheme."""
    try:
        with closing(connect(url, seconds)) as connection:
            connection.request("GET", "/_ping")
            with connection.getresponse() as answer:
                return answer.read() == b"OK"
    except (OSError, HTTPException, ValueError):
        return False


def connect(url: str, seconds: float) -> HTTPConnection:
    """Return a connection, not opened yet, to the engine's API; `seconds` limits each read and write.

    `ValueError` for an address that is neither unix:// nor tcp://.
    """
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return _UnixConnection(parts.path, seconds)
    if parts.scheme in ("tcp", "http") and parts.hostname:
        return HTTPConnection(parts.hostname, parts.port or 2375, timeout=seconds)
    raise ValueError(f"no way to speak with {url} here")


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        try:
            self.sock.settimeout(self.timeout)
            self.sock.connect(self._path)
        except BaseException:
            self.sock.close()
            raise


def _context(environment: Mapping[str, str]) -> EngineAddress | None:
    """Return the chosen context, None for the one named default: that is the default socket."""
    home = environment.get("HOME", "")
    folder = Path(environment.get("DOCKER_CONFIG") or f"{home}/.docker")
    name = environment.get("DOCKER_CONTEXT") or _read(folder / "config.json").get("currentContext") or "default"
    if name == "default":
        return None
    for file in sorted(folder.glob("contexts/meta/*/meta.json")):
        meta = _read(file)
        host = meta.get("Endpoints", {}).get("docker", {}).get("Host")
        if meta.get("Name") == name and host:
            return EngineAddress(host, f"context {name}")
    raise EngineUnavailableError(
        f"Docker's context {name!r} does not exist in {folder}, or has no address",
        help="`docker context ls` lists the contexts; `docker context use NAME` or DOCKER_CONTEXT chooses one",
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise UsageError(f"not a JSON file: {error}", place=Place(str(file))) from error
    if not isinstance(found, dict):
        raise UsageError("not a JSON object", place=Place(str(file)))
    return found
