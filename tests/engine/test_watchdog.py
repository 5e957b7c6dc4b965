"""The program that cleans up after a killed run: how it waits, and what it does beside removing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import detached
from harness.clock import ManualClock
from harness.engine import watchdog_process
from harness.engine.aftermath import end_marked, tell
from harness.engine.model import Resource
from harness.engine.sweep import Removal
from harness.engine.watchdog import Watchdog
from harness.journal import Journal, read
from harness.redact import Redactor

NOWHERE = "unix:///nowhere/docker.sock"


def waiting(folder: Path) -> subprocess.Popen[bytes]:
    """Start one whose owner is this process, and wait until it waits."""
    plan = {"address": NOWHERE, "run": "r1", "folder": str(folder), "path": sys.path}
    process = detached.start(watchdog_process.__file__, plan)
    while not _ignores(process.pid, signal.SIGHUP):
        time.sleep(0.01)
    return process


def _ignores(pid: int, number: signal.Signals) -> bool:
    (mask,) = re.findall(r"^SigIgn:\t(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return bool(int(mask, 16) >> (number - 1) & 1)


def test_it_ends_with_the_run_and_touches_nothing(tmp_path: Path) -> None:
    """A run that has said farewell needs nobody: no engine is asked, nothing is written."""
    with Watchdog(NOWHERE, "r1", tmp_path) as watchdog:
        process = watchdog._process
        watchdog.is_done = True
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_it_waits_in_a_session_of_its_own_with_little_memory(tmp_path: Path) -> None:
    """No Ctrl-C reaches it, no folder is held; it shares most of its few MiB with every other Python."""
    with waiting(tmp_path) as process:
        proc = Path(f"/proc/{process.pid}")
        assert os.getsid(process.pid) == process.pid
        assert (proc / "cwd").readlink() == Path("/")
        (line,) = (one for one in (proc / "smaps_rollup").read_text().splitlines() if one.startswith("Pss:"))
        assert int(line.split()[1]) < 10 * 1024
        assert process.stdin is not None
        process.stdin.write(watchdog_process.FAREWELL)
        assert process.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_ends_other_programs_does_not_end_it(tmp_path: Path, number: signal.Signals) -> None:
    """The owner's end is the one reason to do something."""
    with waiting(tmp_path) as process:
        process.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
        assert process.stdin is not None
        process.stdin.write(watchdog_process.FAREWELL)
        assert process.wait(10) == 0


def test_one_that_was_killed_is_no_trouble(tmp_path: Path) -> None:
    """The run goes on to its end, which it would have told the watchdog."""
    with Watchdog(NOWHERE, "r1", tmp_path) as watchdog:
        process = watchdog._process
        process.kill()
        process.wait()
        watchdog.is_done = True
    assert process.returncode == -signal.SIGKILL


def test_the_builds_of_a_dead_run_end_and_nobody_elses() -> None:
    """They are found by the mark in their environment, which they hand on to what they start."""
    environments: list[dict[str, str]] = [Watchdog.mark("r1"), Watchdog.mark("r10"), {}]
    sleepers = [subprocess.Popen(["/bin/sh", "-c", "sleep 60; true"], env=each) for each in environments]
    try:
        end_marked("r1")
        assert sleepers[0].wait(5) == -signal.SIGKILL
        assert [each.poll() for each in sleepers[1:]] == [None, None]
    finally:
        end_marked("r10")
        for each in sleepers:
            each.kill()
            each.wait()


@pytest.mark.parametrize("cut_off", ["", '{"kind": "life.exi'])
def test_what_it_removed_stands_in_the_journal_of_the_run(tmp_path: Path, cut_off: str) -> None:
    """Behind what the run could still write; a line that its end has cut off makes room."""
    path, clock = tmp_path / "journal.jsonl", ManualClock()
    with Journal(path, clock, Redactor()) as journal:
        clock.sleep(2)
        journal.record("run.started")
    with path.open("a") as file:
        file.write(cut_off)
    network, volume = Resource("network", "n1", "front", {}), Resource("volume", "data", "data", {})
    tell(path, "r1", Removal((network,), ((volume, "in use"),)), clock.wall() + 3)
    (_, told) = read(path)
    assert (told.kind, told.elapsed) == ("swept", 5.0)
    assert told.data == {"run": "r1", "removed": 1, "left": ["volume data: in use"]}


def test_nothing_is_told_of_nothing(tmp_path: Path) -> None:
    """A run that was killed before it made anything has a journal as it was, or none."""
    path = tmp_path / "journal.jsonl"
    tell(path, "r1", Removal((), ()), 0.0)
    assert not path.exists()
    path.write_text(json.dumps({"kind": "run.started", "at": 0.0, "elapsed": 0.0}) + "\n")
    before = path.read_bytes()
    tell(path, "r1", Removal((), ()), 0.0)
    assert path.read_bytes() == before
