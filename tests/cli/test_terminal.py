"""Terminals that break while a real run is under way: none changes the verdict."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.journal import read
from harness.report.reading import read_run

pytestmark = pytest.mark.docker

APP = {
    "image": f"postgres:{os.environ.get('PG', '16')}-alpine",
    "command": ["sh", "-c", "sleep 1; echo boom; exit 3"],
}


class Checking:
    """A `bootsmoke check` of a service that crashes after a second, under way in a process of its own."""

    def __init__(self, folder: Path, engine_address: str) -> None:
        folder.mkdir()
        (folder / "compose.json").write_text(json.dumps({"services": {"app": APP}}))
        self.folder = folder
        check = ("check", "-f", "compose.json", "--runs", "runs", "--html", "page.html")
        self.words = [sys.executable, "-m", "harness", *check]
        self.environment = {**os.environ, "DOCKER_HOST": engine_address, "TERM": "xterm"}
        self.environment["PYTHONPATH"] = str(Path(__file__).parents[2])

    def begin(self, stdout: int, stderr: int, wrap: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Start it."""
        return subprocess.Popen(
            [*wrap, *self.words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    def has_begun(self) -> bool:
        """Whether its service runs, which then has a second to live."""
        return any("life.started" in path.read_text() for path in self.folder.glob("runs/*/journal.jsonl"))

    def verdict(self) -> tuple[str, str]:
        """Return the outcome, and the reason, as the journal has them."""
        (journal,) = self.folder.glob("runs/*/journal.jsonl")
        run = read_run(read(journal))
        (scenario,) = run.scenarios
        assert scenario.blamed is not None
        return run.outcome, scenario.blamed.reason


def closed(checking: Checking) -> int:
    """Start it without a stderr, and without a stdout."""
    shell = ("sh", "-c", 'exec "$@" >&- 2>&-', "sh")
    return checking.begin(subprocess.DEVNULL, subprocess.DEVNULL, wrap=shell).wait(100)


def full(checking: Checking) -> int:
    """Let every write fail as on a full disk."""
    with Path("/dev/full").open("w") as device:
        return checking.begin(device.fileno(), device.fileno()).wait(100)


def gone(checking: Checking) -> int:
    """Take the terminal away in the middle: writes to it fail."""
    ours, theirs = pty.openpty()
    process = checking.begin(theirs, theirs)
    os.close(theirs)
    until = time.monotonic() + 60
    while not checking.has_begun():
        assert time.monotonic() < until
        if select.select([ours], [], [], 0.02)[0]:
            os.read(ours, 4096)
    os.close(ours)
    return process.wait(100)


def stopped(checking: Checking) -> int:
    """Let nobody read stderr: its pipe is full from the start, and writing to it waits for ever."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    try:
        while os.write(theirs, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(theirs, True)
    code = checking.begin(subprocess.DEVNULL, theirs).wait(100)
    os.close(ours)
    os.close(theirs)
    return code


@pytest.mark.parametrize("terminal", [closed, full, gone, stopped])
def test_no_terminal_changes_the_verdict(
    terminal: Callable[[Checking], int], tmp_path: Path, engine_address: str
) -> None:
    """Closed, full, taken away, or not read: exit code, journal and page are those of the service's crash."""
    checking = Checking(tmp_path / "check", engine_address)
    assert terminal(checking) == 1
    assert checking.verdict() == ("failed", "exited with code 3: boom, and nothing restarts it")
    assert "Cold boot: app failed, exited with code 3" in (checking.folder / "page.html").read_text()
