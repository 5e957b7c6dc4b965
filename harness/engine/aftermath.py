"""What the watchdog does once a run's process is dead: ends its builds, removes what it made, and tells so."""

from __future__ import annotations

import json
import os
import signal
import traceback
from contextlib import suppress
from pathlib import Path

from harness.clock import SystemClock
from harness.engine.docker import DockerEngine
from harness.engine.labels import RUN
from harness.engine.sweep import Removal, remove_all
from harness.engine.watchdog_process import MARK
from harness.journal import Record, read

_QUIET = 5.0
"""Seconds without a find after which nothing comes any more of what the owner had asked for just before its end."""


def clean_up(address: str, run: str, folder: str, *, seconds: float) -> None:
    """Remove all of a run but what was kept for a look at it; `seconds` is the most that it may take."""
    clock = SystemClock()
    try:
        end_marked(run)
        engine = DockerEngine(address)
        removal = remove_all(
            engine, {RUN: run}, deadline=seconds, clock=clock, kept=False, quiet=_QUIET, patience=seconds
        )
        engine.close()
        tell(Path(folder) / "journal.jsonl", run, removal, clock.wall())
    except Exception:  # noqa: BLE001 - nobody waits for this program: a file in the run's folder tells
        with suppress(OSError):  # the folder is gone: nobody is left to be told
            (Path(folder) / "watchdog.log").write_text(traceback.format_exc())


def end_marked(run: str, *, proc: Path = Path("/proc")) -> None:
    """Kill the processes of this user that carry the run's mark: a build whose client is gone is given up."""
    mark = f"{MARK}={run}".encode()
    for folder in proc.iterdir():
        if folder.name.isdecimal() and mark in _environment(folder).split(b"\0"):
            with suppress(ProcessLookupError):
                os.kill(int(folder.name), signal.SIGKILL)


def _environment(folder: Path) -> bytes:
    try:
        return (folder / "environ").read_bytes()
    except OSError:  # it has ended, or is somebody else's
        return b""


def tell(journal: Path, run: str, removal: Removal, now: float) -> None:
    """Add what was removed to the journal of the run; a last line that its end has cut off goes."""
    if not journal.exists() or not (removal.removed or removal.left):
        return
    first: Record | None = next(read(journal), None)
    elapsed = first.elapsed + now - first.at if first else 0.0
    data = {"run": run, "removed": len(removal.removed), "left": removal.reasons()}
    line = {"kind": "swept", "at": round(now, 4), "elapsed": round(elapsed, 4)} | data
    with journal.open("r+b") as file:
        file.seek(file.read().rfind(b"\n") + 1)
        file.truncate()
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
