"""What /proc tells about processes: which daemons run here, which process is still the one that we started.

`proc` is /proc, or a folder of the same shape. A process that ends while it is read counts as gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be taken for a later one of the same pid."""

    pid: int
    started: int
    """Clock ticks from the boot of the machine to its start: field 22 of proc_pid_stat(5)."""
    parent: int
    command: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.pid} {self.started}"


def find(pid: int, proc: Path = PROC) -> Process | None:
    """Return the process of this pid, None when there is none or it is only waited for."""
    folder = proc / str(pid)
    try:
        # The name, in brackets, may hold blanks and brackets of its own.
        state, parent, *rest = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    if state in "ZX":
        return None
    return Process(pid, int(rest[17]), int(parent), tuple(command.split("\0")[:-1]))


def processes(proc: Path = PROC) -> Iterator[Process]:
    """Go through all processes."""
    for folder in sorted(proc.iterdir(), key=lambda path: path.name):
        if folder.name.isdigit() and (process := find(int(folder.name), proc)):
            yield process


def daemons_beside_us(proc: Path = PROC) -> list[Process]:
    """Return every dockerd of our network namespace: two of them would flush each other's NAT rules."""
    here = _namespace(proc / "self")
    return [
        process
        for process in processes(proc)
        if _name(proc / str(process.pid)) == "dockerd" and _namespace(proc / str(process.pid)) == here
    ]


def named_in_command(text: str, proc: Path = PROC) -> list[Process]:
    """Return the processes that have `text` in their command line, each followed by all its descendants."""
    everything = list(processes(proc))
    found = [process for process in everything if any(text in word for word in process.command)]
    for process in found:  # grows while it is gone through
        found += [child for child in everything if child.parent == process.pid and child not in found]
    return [process for process in found if process.pid != os.getpid()]


def _namespace(folder: Path) -> str | None:
    try:
        return str((folder / "ns" / "net").readlink())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None


def _name(folder: Path) -> str | None:
    try:
        return (folder / "comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
