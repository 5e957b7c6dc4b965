"""The reference server as a process of its own, and the places of its files."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

COMPOSE = Path(__file__).parents[2] / "compose"
SERVER = COMPOSE / "server"
MIGRATIONS = SERVER / "migrations"
BROKEN = COMPOSE / "broken"
TOKEN = "day-0-token-of-the-tests"  # noqa: S105


class Running:
    """`python -m refserver` on a port of its own, its log in a file."""

    def __init__(self, log: Path, database_url: str, migrations: Path = MIGRATIONS, token: str = TOKEN) -> None:
        self._log = log
        self.port = free_port()
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "BOOTSTRAP_TOKEN": token,
            "MIGRATIONS_DIR": str(migrations),
            "PORT": str(self.port),
        }
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "refserver"], cwd=SERVER, env=environment, stderr=stderr
            )

    def log(self) -> str:
        """Return what it logged so far."""
        return self._log.read_text()

    def exit_code(self, within: float = 20.0) -> int:
        """Return the code with which it ends by itself."""
        return self.process.wait(timeout=within)

    def wait_until_ready(self, within: float = 20.0) -> None:
        """Return when /readyz says 200; fail with the log when the process ends before that."""
        self.wait_for("/readyz", 200, within)

    def wait_for(self, path: str, status: int, within: float) -> None:
        """Return when GET `path` answers `status`."""
        deadline = time.monotonic() + within
        while self.status_of(path) != status:
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, f"no {status} from {path} in {within} s:\n{self.log()}"
            time.sleep(0.02)

    def status_of(self, path: str) -> int:
        """Return the status of GET `path`, 0 while nothing listens."""
        try:
            return self.request("GET", path)[0]
        except ConnectionError:
            return 0

    def request(self, method: str, path: str, bearer: str = "") -> tuple[int, Any]:
        """Return the status and the JSON of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def bootstrap(self, token: str = TOKEN) -> tuple[int, Any]:
        """Ask for the day-0 admin key."""
        return self.request("POST", "/api/v1/auth/bootstrap", token)

    def terminate(self) -> float:
        """Send SIGTERM, and return the seconds until the process was gone."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
        return time.monotonic() - began

    def close(self) -> None:
        """Leave no process behind, whatever the test did."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
