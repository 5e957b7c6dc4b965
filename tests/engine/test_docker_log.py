"""How the stream of a log ends: with HTTP's last chunk, or lost."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest
import requests

from harness.engine.client import Clients
from harness.engine.docker_log import DockerLog
from harness.errors import EngineUnavailableError

PAYLOAD = b"1970-01-01T00:00:01.000000000Z last words\n"
FRAME = struct.pack(">BxxxL", 1, len(PAYLOAD)) + PAYLOAD


@contextmanager
def answering(*chunks: bytes) -> Iterator[DockerLog]:
    """Follow a log that is answered by these chunks, after which the connection is closed."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.sendall(b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks))

        thread = threading.Thread(target=answer)
        thread.start()
        address = "{}:{}".format(*server.getsockname())
        errors = partial(Clients(f"tcp://{address}").errors, "cannot follow the log of container web")
        with requests.Session() as session:
            session.trust_env = False
            with closing(DockerLog(session.get(f"http://{address}/", stream=True, timeout=5), None, errors)) as log:
                yield log
        thread.join()


def test_a_log_ends_with_the_last_chunk() -> None:
    """The chunk of length 0 says that all has been told."""
    with answering(FRAME, b"") as log:
        assert [line.text for line in log] == ["last words"]


@pytest.mark.parametrize("chunks", [(FRAME,), (FRAME[:-5],)])
def test_a_log_that_breaks_off_is_an_error(chunks: tuple[bytes, ...]) -> None:
    """Without the last chunk the log may go on: it must not pass for whole."""
    with answering(*chunks) as log, pytest.raises(EngineUnavailableError, match="no container engine answers"):
        list(log)
