"""The labels that every container, network and volume of a run carries, and whether the run is over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

RUN = "dev.bootsmoke.run"
SCENARIO = "dev.bootsmoke.scenario"
OWNER = "dev.bootsmoke.owner"
DEADLINE = "dev.bootsmoke.deadline"
"""When the run is over at the latest, as ISO 8601: for those who cannot see its process."""
KEPT = "dev.bootsmoke.kept"
"""On one volume of a scenario whose containers are to stay for a look at them, although the process is gone."""

_PROC = Path("/proc")


def run_labels(run_id: str, scenario: str, deadline: float, *, proc: Path = _PROC) -> dict[str, str]:
    """Return the labels of what this process creates for one scenario of a run.

    `deadline`, in seconds since the epoch, is when the run has ended by itself, whatever happens.
    """
    until = datetime.fromtimestamp(deadline, UTC).isoformat(timespec="seconds")
    return {RUN: run_id, SCENARIO: scenario, OWNER: owner(os.getpid(), proc=proc), DEADLINE: until}


def owner(pid: int, *, proc: Path = _PROC) -> str:
    """Name a process so that no other one is taken for it: `pid:start:place`.

    `start` is the time of its start in clock ticks since boot (proc(5), stat, field 22), because process ids
    come again; `place` is the boot and the pid namespace, in which alone a process id means anything.
    """
    return f"{pid}:{_start(pid, proc)}:{_place(proc)}"


def owner_is_alive(label: str, *, proc: Path = _PROC) -> bool:
    """Whether the process of an owner label may still live.

    Only a process of this very place can be known to be dead. One of another machine, of an earlier boot or of
    another container, or with a label that cannot be read, counts as alive.
    """
    pid, start, place = _parts(label)
    if not pid or place != _place(proc):
        return True
    try:
        return _start(int(pid), proc) == start
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_abandoned(labels: Mapping[str, str], now: float, *, proc: Path = _PROC) -> bool:
    """Whether what carries `labels` belongs to a run that is over: nobody else will remove it.

    Its process is known to be dead; or nobody here can know that, and the run's deadline has passed. What names
    no owner is not a run's at all, and never abandoned.
    """
    owner_ = labels.get(OWNER, "")
    pid, _, place = _parts(owner_)
    if pid and place != _place(proc):
        return _has_passed(labels.get(DEADLINE, ""), now)
    return not owner_is_alive(owner_, proc=proc)


def _parts(label: str) -> tuple[str, str, str]:
    """Return process, start and place of an owner label; empty ones when it is none."""
    pid, _, rest = label.partition(":")
    start, _, place = rest.partition(":")
    return (pid, start, place) if pid.isdecimal() and start.isdecimal() and place else ("", "", "")


def _has_passed(deadline: str, now: float) -> bool:
    try:
        until = datetime.fromisoformat(deadline)
    except ValueError:  # no deadline of ours
        return False
    return until.tzinfo is not None and until.timestamp() < now


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
