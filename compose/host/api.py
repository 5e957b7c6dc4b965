"""The three calls to the engine's API that setting up a machine takes, with nothing but the standard library.

Verified against API 1.41; the calls are as old as 1.22 (docs.docker.com/reference/api/engine).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from harness.engine.address import connect
from harness.errors import EngineError

PATIENCE = 20.0
"""Seconds until a registry has said that it has the image; afterwards the layers may take their time."""

LINE_PATIENCE = 300.0
"""Seconds between two lines of progress, and for any other call."""


class ImageApi:
    """The images of the engine at a unix:// or plain tcp:// address; each failure is an `EngineError`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def labels(self, name: str) -> Mapping[str, str] | None:
        """Return an image's labels, None when the engine does not have it."""
        with _Call(self._url, "GET", f"/images/{name}/json") as answer:
            if answer.status == 404:
                return None
            found = _decode(_checked(answer).read())
        return found["Config"].get("Labels") or {}

    def pull(self, name: str) -> None:
        """Fetch an image from its registry; `EngineError` with the engine's words when that cannot be."""
        repository, _, tag = name.rpartition(":")
        query = urlencode({"fromImage": repository, "tag": tag})
        with _Call(self._url, "POST", f"/images/create?{query}", seconds=PATIENCE) as answer:
            _drain(_checked(answer))

    def load(self, archive: Path) -> None:
        """Hand over an archive in the format of `docker save`."""
        headers = {"Content-Type": "application/x-tar", "Content-Length": str(archive.stat().st_size)}
        with archive.open("rb") as body, _Call(self._url, "POST", "/images/load?quiet=1", body, headers) as answer:
            _drain(_checked(answer))


class _Call:
    """One request on a connection of its own; what breaks on the way is an `EngineError`."""

    def __init__(
        self,
        url: str,
        method: str,
        path: str,
        body: IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = LINE_PATIENCE,
    ) -> None:
        self._connection = connect(url, seconds)
        self._answer: HTTPResponse | None = None
        self._request = (method, path, body, dict(headers or {}))
        self._what = f"{method} {path} at {url}"

    def __enter__(self) -> HTTPResponse:
        try:
            self._connection.request(*self._request)
            self._answer = self._connection.getresponse()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise EngineError(f"{self._what}: {error or type(error).__name__}") from error
        if self._connection.sock:
            self._connection.sock.settimeout(LINE_PATIENCE)
        return self._answer

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._answer:
            self._answer.close()
        self._connection.close()
        if isinstance(error, (OSError, HTTPException)):
            raise EngineError(f"{self._what}: {error or type(error).__name__}") from error


def _checked(answer: HTTPResponse) -> HTTPResponse:
    if answer.status >= 400:
        raise EngineError(_decode(answer.read()).get("message", f"status {answer.status}"))
    return answer


def _drain(answer: HTTPResponse) -> None:
    """Read the lines of progress to the end: a failure after the start is told in one of them."""
    for line in _lines(answer):
        if "error" in line:
            raise EngineError(line["error"])


def _lines(answer: HTTPResponse) -> Iterator[dict[str, Any]]:
    return (_decode(line) for line in answer if line.strip())


def _decode(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    return found if isinstance(found, dict) else {"message": str(found)}
