"""How a daemon that is not there, or not well, is told: with real sockets and no engine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import pytest

from harness.engine import client, pulse
from harness.engine.docker import DockerEngine
from harness.errors import ConflictError, EngineError, EngineTimeoutError, EngineUnavailableError, NotFoundError

Serve = Callable[[int, str], str]


class _Handler(BaseHTTPRequestHandler):
    status, body = 200, ""
    hang = threading.Event()

    def do_GET(self) -> None:
        """Answer the version, and anything else as the test says."""
        if self.path == "/version" or self.path.endswith("/_ping"):
            return self.reply(200, '{"ApiVersion": "1.41"}')
        if not self.body:
            self.hang.wait(10)
            return None
        return self.reply(self.status, self.body)

    def reply(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a daemon that answers every question with one status and body, an empty one never."""
    servers: list[ThreadingUnixStreamServer] = []

    def start(status: int, body: str) -> str:
        handler = type("Handler", (_Handler,), {"status": status, "body": body, "hang": threading.Event()})
        path = str(tmp_path / "d.sock")
        servers.append(ThreadingUnixStreamServer(path, handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"unix://{path}"

    yield start
    for server in servers:
        server.RequestHandlerClass.hang.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


def test_no_socket_is_no_engine(tmp_path: Path) -> None:
    """A socket that does not exist is told with its address, the reason and what to do."""
    engine = DockerEngine(f"unix://{tmp_path}/none.sock")
    with pytest.raises(EngineUnavailableError) as caught:
        engine.info()
    assert f"{tmp_path}/none.sock: No such file or directory" in caught.value.message
    assert "DOCKER_HOST" in caught.value.help


def test_a_refused_connection_is_no_engine() -> None:
    """A port on which nothing listens is told as refused."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(EngineUnavailableError, match="refused"):
        DockerEngine(f"tcp://127.0.0.1:{port}").inspect("web")


@pytest.mark.parametrize("address", ["ssh://host", "npipe:////./pipe/docker_engine", "/var/run/docker.sock", ""])
def test_an_address_that_is_not_supported_is_refused(address: str) -> None:
    """Only unix:// and tcp:// addresses are taken; the error says how a remote engine is reached."""
    with pytest.raises(EngineUnavailableError, match="neither unix:///path nor tcp://host:port"):
        DockerEngine(address)


def test_a_daemon_that_is_silent_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call without an answer ends as a time-out that says what was asked."""
    monkeypatch.setattr(client, "CALL_TIMEOUT", 0.1)
    engine = DockerEngine(serve(200, ""))
    with pytest.raises(EngineTimeoutError, match="cannot inspect container web: the engine did not answer in time"):
        engine.inspect("web")
    engine.close()


def test_a_daemon_that_takes_connections_and_says_nothing_at_all_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that was stopped (SIGSTOP): it is given up long before a call's own time-out."""
    monkeypatch.setattr(pulse, "PATIENCE", 0.2)
    monkeypatch.setattr(pulse, "INTERVAL", 0.05)
    monkeypatch.setattr(client, "PING", 0.05)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "d.sock"))
        deaf.listen(512)
        engine = DockerEngine(f"unix://{tmp_path}/d.sock")
        for _ in range(2):
            with pytest.raises(EngineUnavailableError, match="it is stopped, or hangs"):
                engine.inspect("web")


def test_a_call_may_take_long_while_the_daemon_lives(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers others: that is a sign of life, and the call goes on until its own time-out."""
    monkeypatch.setattr(pulse, "PATIENCE", 0.1)
    monkeypatch.setattr(pulse, "INTERVAL", 0.02)
    monkeypatch.setattr(client, "CALL_TIMEOUT", 0.5)
    engine = DockerEngine(serve(200, ""))
    with pytest.raises(EngineTimeoutError, match="cannot inspect container web: the engine did not answer in time"):
        engine.inspect("web")
    engine.close()


def test_a_stream_that_does_not_begin_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no time-out of its own once it stands, so its beginning has one."""
    monkeypatch.setattr(pulse, "INTERVAL", 0.02)
    monkeypatch.setattr("harness.engine.docker.OPENING", 0.1)
    engine = DockerEngine(serve(200, ""))
    with pytest.raises(EngineTimeoutError, match="cannot follow the log of container web"):
        engine.follow("web")
    engine.close()


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFoundError), (409, ConflictError), (403, ConflictError), (500, EngineError)]
)
def test_a_refusal_keeps_the_engines_words(serve: Serve, status: int, kind: type[EngineError]) -> None:
    """The status chooses the exception; the message is what was tried, and the daemon's own words."""
    engine = DockerEngine(serve(status, '{"message": "because"}'))
    with pytest.raises(kind) as caught:
        engine.inspect("web")
    assert type(caught.value) is kind
    assert caught.value.message == "cannot inspect container web: because"
    engine.close()


def test_what_came_too_late_for_a_container_is_a_conflict(serve: Serve) -> None:
    """Engine 20.10 calls it a server's error when a container ends between the making and the start of an exec."""
    engine = DockerEngine(serve(500, '{"message": "Container %s is not running: Exited (70)"}' % ("ab" * 32)))
    with pytest.raises(ConflictError, match="Container abababababab is not running"):
        engine.inspect("web")
    engine.close()


def test_an_answer_that_makes_no_sense_is_an_engine_error(serve: Serve) -> None:
    """A daemon that answers something else than JSON is told as an engine's failure."""
    engine = DockerEngine(serve(200, "<html>"))
    with pytest.raises(EngineError):
        engine.inspect("web")
    engine.close()
