import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.server.running import SERVER, free_port

Probe = Callable[[int], subprocess.CompletedProcess[str]]


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve `status` on /readyz and 404 elsewhere; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, format: str, *_args: object) -> None:  # noqa: A002
            """Keep the tests' output clean."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def probe(port: int) -> subprocess.CompletedProcess[str]:
    """Run the script as the compose file does."""
    command = [sys.executable, "-IS", str(SERVER / "healthcheck.py")]
    return subprocess.run(command, env={"PORT": str(port)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_only_a_200_is_healthy(status: int, code: int) -> None:
    """The exit code follows the status of /readyz, and the output shows it."""
    with answering(status) as port:
        result = probe(port)
    assert (result.returncode, result.stderr) == (code, "")
    assert str(status) in result.stdout


def test_nobody_listening_is_unhealthy_without_a_traceback() -> None:
    """A refused connection is exit code 1 and one line that says so."""
    result = probe(free_port())
    assert (result.returncode, result.stderr) == (1, "")
    assert "refused" in result.stdout
