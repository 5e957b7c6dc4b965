"""What the harness costs the machine while it waits for a stack that is slow to start."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.journal import read

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[1]
SERVICES = ("a", "b", "c", "d")
STACK = """
x-slow: &slow
  image: python:3.11-slim
  command: ["sleep", "600"]
  stop_grace_period: 0s
  healthcheck: {test: ["CMD", "cat", "/ready"], interval: 5s, timeout: 3s, start_period: 600s}
services: {a: *slow, b: *slow, c: *slow, d: *slow}
"""
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """What a process and its children have used until now: seconds of the processor, resident bytes."""

    cpu: float
    rss: int


def usage(pid: int) -> Usage:
    """Return what proc(5) says of a process, and of its children, ended ones included."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    below = [usage(int(child)) for child in children]
    ticks = sum(int(word) for word in stat[11:15])
    cpu = ticks / os.sysconf("SC_CLK_TCK") + sum(each.cpu for each in below)
    return Usage(cpu, int(stat[21]) * os.sysconf("SC_PAGE_SIZE") + sum(each.rss for each in below))


@contextmanager
def waiting(engine_address: str, folder: Path) -> Iterator[int]:
    """Let `bootsmoke check`, on a terminal, wait for four services that are never ready; give its process id."""
    (folder / "compose.yml").write_text(STACK)
    options = ["-f", f"{folder / 'compose.yml'}", "--runs", f"{folder / 'runs'}"]
    command = [sys.executable, "-m", "harness", "check", *options]
    screen, terminal = pty.openpty()
    environment = {**os.environ, "DOCKER_HOST": engine_address, "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    environment.pop("NO_COLOR", None)
    watcher = threading.Thread(target=_look_at, args=(screen,))
    watcher.start()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=terminal, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(60)
            watcher.join()
            os.close(screen)
    assert code == 130


def _look_at(screen: int) -> None:
    with suppress(OSError):  # how Linux tells the end of a terminal
        while os.read(screen, 65536):
            pass


def questions(folder: Path) -> int:
    """Return how many probes of ours have been answered by no."""
    (journal,) = (folder / "runs").glob("*/journal.jsonl")
    return sum(record.kind == "probe.failed" for record in read(journal))


def until_all_run(folder: Path) -> None:
    """Wait until each service has been asked for the first time."""
    deadline = time.monotonic() + 60
    asked = set[str]()
    while len(asked) < len(SERVICES):
        assert time.monotonic() < deadline, asked
        time.sleep(0.2)
        for journal in (folder / "runs").glob("*/journal.jsonl"):
            asked = {str(each.data.get("service")) for each in read(journal) if each.kind == "probe.failed"}


def test_who_waits_takes_little_memory_and_asks_seldom(engine_address: str, tmp_path: Path) -> None:
    """At most 80 MiB, the watchdog's included, and in ten seconds at most 20 questions to a service."""
    with waiting(engine_address, tmp_path) as pid:
        until_all_run(tmp_path)
        before = questions(tmp_path)
        time.sleep(10)
        asked = questions(tmp_path) - before
        used = usage(pid)
    assert used.rss <= 80 * MEBIBYTE
    assert 0 < asked <= 20 * len(SERVICES)


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_minute_of_waiting_costs_a_hundredth_of_a_core(engine_address: str, tmp_path: Path) -> None:
    """Over a minute: at most 1 % of one core, and at most 80 MiB; the machine has to be quiet for it."""
    with waiting(engine_address, tmp_path) as pid:
        until_all_run(tmp_path)
        began, before = time.monotonic(), usage(pid)
        time.sleep(60)
        seconds, after = time.monotonic() - began, usage(pid)
    share = (after.cpu - before.cpu) / seconds
    assert after.rss <= 80 * MEBIBYTE
    assert share <= 0.01, f"{100 * share:.2f} % of a core"
