"""A unix socket between bootsmoke and its engine, on which connections can be cut or silenced."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PIECE = 64 * 1024
Hearing = Callable[[bytes], bytes]


class Proxy:
    """Relays to the engine's socket; what is done to `events` happens to the event streams alone."""

    def __init__(self, path: Path, engine: str) -> None:
        self.url = f"unix://{path}"
        self.subscriptions = 0
        """How often events were asked for."""
        self.rewrite: Hearing = lambda answer: answer
        """What is done to each piece of an answer."""
        self._engine = engine.removeprefix("unix://")
        self._events: list[socket.socket] = []
        self._silent = threading.Event()
        self._cuts = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_events(self) -> None:
        """Break off the event streams that are open."""
        while self._events:
            _end(self._events.pop())

    def cut_all_events(self) -> None:
        """Break off the event streams that are open, and from now on each as soon as it stands."""
        self._cuts.set()
        self.cut_events()

    def silence_events(self) -> None:
        """Let nothing come through an event stream any more, though all of them stay open."""
        self._silent.set()

    def close(self) -> None:
        """Accept no more."""
        _end(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(self._engine)
                threading.Thread(target=self._ask, args=(client, engine), daemon=True).start()
                threading.Thread(target=self._answer, args=(engine, client), daemon=True).start()

    def _ask(self, client: socket.socket, engine: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                if b"/events?" in piece.partition(b"\r\n")[0]:
                    self.subscriptions += 1
                    self._events.append(client)
                engine.sendall(piece)
            engine.shutdown(socket.SHUT_WR)

    def _answer(self, engine: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := engine.recv(_PIECE):
                if client not in self._events:
                    client.sendall(self.rewrite(piece))
                elif piece.startswith(b"HTTP/1.1 ") or not self._silent.is_set():
                    client.sendall(self.rewrite(piece))
                    if self._cuts.is_set():
                        break
        for each in (client, engine):
            _end(each)
            each.close()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
