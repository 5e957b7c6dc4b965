"""The scripted API on a socket of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from threading import Thread

import pytest

from tests.host.scripted_api import Handler, ScriptedApi


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    """Make a folder whose path is short enough for a unix socket: pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="bs-") as folder:
        yield Path(folder)


@pytest.fixture
def api(socket_folder: Path) -> Iterator[ScriptedApi]:
    """Serve the scripted API."""
    path = socket_folder / "d.sock"
    script = ScriptedApi(f"unix://{path}")
    handler = type("Handler", (Handler,), {"script": script})
    with ThreadingUnixStreamServer(str(path), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield script
        server.shutdown()
        thread.join()
