"""An engine's API on a unix socket, as far as the host's scripts speak with it: real HTTP, no containers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler


@dataclass
class ScriptedApi:
    """What the server on the socket answers, and what it was asked."""

    url: str
    ping: bytes = b"OK"
    images: dict[str, dict[str, str]] = field(default_factory=dict)
    """The labels of each image that it has."""
    registry: dict[str, dict[str, str]] = field(default_factory=dict)
    """The labels of each image that can be pulled."""
    broken: set[str] = field(default_factory=set)
    """Images whose pull fails after it began."""
    calls: list[str] = field(default_factory=list)
    loaded: list[bytes] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers as `script` says."""

    script: ScriptedApi

    def do_GET(self) -> None:
        """Answer a ping, or what is known of an image."""
        self.script.calls.append(f"GET {self.path}")
        if self.path == "/_ping":
            self._answer(200, self.script.ping)
            return
        labels = self.script.images.get(self.path.removeprefix("/images/").removesuffix("/json"))
        found = {"message": "No such image"} if labels is None else {"Config": {"Labels": labels or None}}
        self._answer(404 if labels is None else 200, json.dumps(found).encode())

    def do_POST(self) -> None:
        """Pull or load an image."""
        self.script.calls.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/images/load"):
            self.script.loaded.append(body)
            self._answer(200, b'{"stream": "Loaded image"}\n')
            return
        name = self.path.split("fromImage=")[1].replace("&tag=", ":")
        if name in self.script.broken:
            self._answer(200, b'{"status": "Pulling"}\n{"error": "unexpected EOF"}\n')
        elif name in self.script.registry:
            self.script.images[name] = self.script.registry[name]
            self._answer(200, b'{"status": "Pulling"}\n{"status": "Done"}\n')
        else:
            self._answer(500, b'{"message": "no such host"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the base class wants an address that a unix socket does not have."""
