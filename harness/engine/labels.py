"""The labels that every container, network and volume of a run carries, and whether the run's process lives."""

from __future__ import annotations

import os
from pathlib import Path

RUN = "dev.bootsmoke.run"
SCENARIO = "dev.bootsmoke.scenario"
OWNER = "dev.bootsmoke.owner"
KEPT = "dev.bootsmoke.kept"
"""On one volume of a run whose containers are to stay for a look at them, although its process is gone."""

_PROC = Path("/proc")


def run_labels(run_id: str, scenario: str, *, proc: Path = _PROC) -> dict[str, str]:
    """Return the labels of what this process creates for one scenario of a run."""
    return {RUN: run_id, SCENARIO: scenario, OWNER: owner(os.getpid(), proc=proc)}


def owner(pid: int, *, proc: Path = _PROC) -> str:
    """Name a process so that no other one is taken for it: `pid:start:place`.

    `start` is the time of its start in clock ticks since boot (proc(5), stat, field 22), because process ids
    come again; `place` is the boot and the pid namespace, in which alone a process id means anything.
    """
    return f"{pid}:{_start(pid, proc)}:{_place(proc)}"


def owner_is_alive(label: str, *, proc: Path = _PROC) -> bool:
    """Whether the process of an owner label may still live.

    Only a process of this very place can be known to be dead. One of another machine, of an earlier boot or of
    another container, or with a label that cannot be read, counts as alive: what it owns is never touched.
    """
    pid, _, rest = label.partition(":")
    start, _, place = rest.partition(":")
    if not pid.isdecimal() or not start.isdecimal() or place != _place(proc):
        return True
    try:
        return _start(int(pid), proc) == start
    except (FileNotFoundError, ProcessLookupError):
        return False


def _start(pid: int, proc: Path) -> str:
    """Return the start of a process; `ProcessLookupError` for one that has ended and is only not reaped yet."""
    # The name in parentheses may hold spaces and parentheses itself; the state is the first word behind it.
    words = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    if words[0] in "ZX":
        raise ProcessLookupError(pid)
    return words[19]


def _place(proc: Path) -> str:
    boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
    namespace = (proc / "self/ns/pid").readlink().name
    return f"{boot}:{namespace}"
