"""A private dockerd that a test may stop, kill and start again, in a network namespace of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from compose.host.daemon import PrivateDaemon
from compose.host.processes import find
from harness.engine.address import connect

_SECONDS = 120.0
_SERVE = """
import subprocess, sys
from pathlib import Path
from compose.host.daemon import PrivateDaemon
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
daemon = PrivateDaemon(Path(sys.argv[1]))
with daemon.lock():
    for line in sys.stdin:
        print(daemon.start() if line == "start\\n" else daemon.stop(), flush=True)
"""


class PrivateEngine:
    """A dockerd whose files are below `folder`; `start` comes first, `close` at the end."""

    def __init__(self, folder: Path, checkout: Path) -> None:
        self.url = PrivateDaemon(folder).url
        self._pid = 0
        self._helper = subprocess.Popen(
            ["unshare", "--net", sys.executable, "-c", _SERVE, str(folder)],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Start it, or start it anew, and wait until it answers."""
        self._pid = int(self._tell("start"))

    def signal(self, number: signal.Signals) -> None:
        """Send dockerd a signal."""
        os.kill(self._pid, number)

    @property
    def runs(self) -> bool:
        """Whether its process lives."""
        return find(self._pid) is not None

    def load(self, images: Iterable[str], url: str) -> None:
        """Copy images from another engine."""
        names = "&".join(f"names={name}" for name in images)
        with closing(connect(url, _SECONDS)) as source, closing(connect(self.url, _SECONDS)) as target:
            source.request("GET", f"/images/get?{names}")
            answer = source.getresponse()
            assert answer.status == 200, answer.read()
            target.request(
                "POST", "/images/load?quiet=1", body=answer, headers={"Content-Type": "application/x-tar"}
            )
            loaded = target.getresponse()
            assert (loaded.status, b"error" in loaded.read()) == (200, False)

    def close(self) -> None:
        """End it with its containers."""
        if self.runs:
            self.signal(signal.SIGCONT)
        self._tell("stop")
        self._helper.communicate(timeout=30)

    def _tell(self, word: str) -> str:
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        self._helper.stdin.write(f"{word}\n")
        self._helper.stdin.flush()
        answer = self._helper.stdout.readline()
        assert answer, "the private engine's helper has ended"
        return answer
