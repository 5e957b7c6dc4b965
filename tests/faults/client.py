"""A server of the tests: asks Postgres for a session again and again; `hold N` takes N sessions and keeps them.

It says what Postgres says, ends when it gets no session at its start, and is healthy (/run/up) while it gets one.
Standard library only, and enough of the protocol (docs: Message Flow, Start-up) for a role that is trusted.
"""

import socket
import struct
import sys
import time
from pathlib import Path

UP = Path("/run/up")
WORDS = b"".join(word + b"\0" for word in (b"user", b"app", b"database", b"app", b""))
STARTUP = struct.pack(">II", 8 + len(WORDS), 196608) + WORDS


def session() -> socket.socket:
    """Open a session; OSError with Postgres's own words if it refuses."""
    opened = socket.create_connection(("postgres", 5432), timeout=2)
    opened.sendall(STARTUP)
    answer = opened.recv(4096)
    if not answer.startswith(b"R"):
        fields = {field[:1]: field[1:].decode() for field in answer[5:].split(b"\0") if field}
        raise OSError(f"{fields.get(b'S')}: {fields.get(b'M')} (SQLSTATE {fields.get(b'C')})")
    return opened


def main(held: int) -> None:
    """Ask for ever."""
    kept = [session() for _ in range(held)]
    while True:
        try:
            if not kept:
                session().close()
            UP.touch()
        except OSError as error:
            sys.stdout.write(f"cannot reach the database: {error}\n")
            sys.stdout.flush()
            if not UP.exists():
                sys.exit(1)
            UP.unlink()
        time.sleep(0.2)


main(int(sys.argv[2]) if sys.argv[1:2] == ["hold"] else 0)
