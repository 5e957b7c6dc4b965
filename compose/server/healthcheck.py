"""Exits 0 when the server in this container says that it is ready.

A plain socket, because a probe runs every few seconds for as long as the container lives: importing urllib
would cost several times what the probe itself does.
"""

import os
import socket
import sys

REQUEST = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"


def status_line(port: int) -> str:
    """Return the first line of the answer to GET /readyz on 127.0.0.1."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(REQUEST)
        return connection.makefile("rb").readline().decode("ascii", "replace").strip()


def main() -> int:
    """Print the status line, or why there is none: Docker keeps it in the container's health log."""
    try:
        status = status_line(int(os.environ.get("PORT", "8080")))
    except OSError as error:
        print(error)  # noqa: T201
        return 1
    print(status)  # noqa: T201
    return 0 if status.split()[1:2] == ["200"] else 1


if __name__ == "__main__":
    sys.exit(main())
