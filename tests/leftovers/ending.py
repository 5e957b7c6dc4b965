"""Ends real runs of bootsmoke at chosen moments, and looks at what they leave on the engine."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.engine import RUN, Engine, Resource

ROOT = Path(__file__).parents[2]
STACK = Path(__file__).parent / "stack/compose.yaml"
PROMISE = 5.0
"""Seconds after a run's death at which nothing of it is left."""
_PATIENCE = 90.0


@dataclass
class Running:
    """A run in a process group of its own, as a terminal or a CI runner starts it."""

    process: subprocess.Popen[bytes]
    folder: Path
    engine: Engine
    began: float = field(default_factory=time.monotonic)

    @property
    def id(self) -> str:
        """The run's id, once it has one."""
        return self.folder.name

    def left(self) -> list[Resource]:
        """Return what is on the engine of it."""
        return self.engine.list_resources({RUN: self.id})

    def end(self, number: signal.Signals, *, group: bool) -> float:
        """Send a signal to the process, or to its whole group as a terminal does; return the time."""
        at = time.monotonic()
        (os.killpg if group else os.kill)(self.process.pid, number)
        return at

    def gone_after(self, since: float, until: float) -> float:
        """Look until a time, once at least; return the seconds from `since` to the last that was seen of it.

        Infinite when there is something even then.
        """
        last = since
        while (now := time.monotonic()) < until:
            if self.left():
                last = now
            time.sleep(0.1)
        return math.inf if self.left() else last - since

    def programs(self) -> list[str]:
        """Return the command lines of the processes that have to do with the run: the watchdog, the builds."""
        return programs(self.id)

    def come_to(self, words: str) -> None:
        """Wait until its journal has these words."""
        until(lambda: words in self.journal() or self.process.poll() is not None, _PATIENCE)
        assert words in self.journal(), self.output()

    def output(self) -> str:
        """Return what it has written to stdout and stderr."""
        return _output(self.folder.parent).read_text()

    def journal(self) -> str:
        """Return what it has written."""
        return (self.folder / "journal.jsonl").read_text()


@contextmanager
def running(engine: Engine, runs: Path, *words: str | Path, **environment: str) -> Iterator[Running]:
    """Start `bootsmoke WORDS`, and give it once its run has begun; killed at the end if it still runs."""
    runs.mkdir()
    with (
        _output(runs).open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "harness", *map(str, words), "--runs", str(runs)],
            cwd=ROOT,
            env={**os.environ, "DOCKER_HOST": engine.info().address, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield Running(process, _folder(process, runs), engine)
        finally:
            process.kill()


def check(*options: str) -> list[str | Path]:
    """Return the words that check the quick stack."""
    return ["check", "-f", STACK, "--stability", "0.5", *options]


def _folder(process: subprocess.Popen[bytes], runs: Path) -> Path:
    """Wait for the run's journal; the run begins with it."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        for journal in runs.glob("*/journal.jsonl"):
            return journal.parent
        time.sleep(0.005)
    raise AssertionError(_output(runs).read_text())


def _output(runs: Path) -> Path:
    return runs.with_name(f"{runs.name}.output")


def programs(run: str) -> list[str]:
    """Return the command lines of the processes that have to do with a run: the watchdog, the builds."""
    return [line for line in _command_lines() if run in line]


def _command_lines() -> Iterator[str]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:  # it has ended meanwhile
                continue


def until(done: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Wait until something is so; False when it is not in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)
    return True


@dataclass(frozen=True)
class Ended:
    """What came of a run that got a signal."""

    run: str
    delay: float
    """Seconds from its first journal line to the signal."""
    code: int
    clean_after: float
    """Seconds from the signal to the moment at which nothing was left of it."""
    told: bool
    """Whether its journal says that it was cancelled."""


def end_one(engine: Engine, runs: Path, number: signal.Signals, delay: float, *, group: bool) -> Ended | None:
    """Start a run, end it, and look; None for a run that was over before."""
    with running(engine, runs, *check()) as run:
        time.sleep(delay)
        if run.process.poll() is not None:
            return None
        at = run.end(number, group=group)
        if number is not signal.SIGKILL:  # it cleans up by itself, and takes its time for it
            run.process.wait(_PATIENCE)
        clean = run.gone_after(at, at + PROMISE if number is signal.SIGKILL else 0.0)
        code, journal = run.process.wait(_PATIENCE), run.journal()
        told = '"cancelled"' in journal
        if '"run.finished"' in journal and not told:
            return None
        return Ended(run.id, delay, code, clean, told)
