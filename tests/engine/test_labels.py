"""Whether the process that owns a run is dead: only what is certain counts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.engine.labels import (
    DEADLINE,
    OWNER,
    RUN,
    SCENARIO,
    is_abandoned,
    owner,
    owner_is_alive,
    run_labels,
)


def stat(pid: int, start: int, *, state: str = "S", name: str = "python") -> str:
    """Return a line as in /proc/PID/stat (proc(5))."""
    return f"{pid} ({name}) {state} " + " ".join(["1"] * 18) + f" {start} 0 0\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Make a /proc with one boot, one pid namespace and process 42, started at tick 777."""
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text("boot-1\n")
    (tmp_path / "self/ns").mkdir(parents=True)
    (tmp_path / "self/ns/pid").symlink_to("pid:[4026531836]")
    (tmp_path / "42").mkdir()
    (tmp_path / "42/stat").write_text(stat(42, 777))
    return tmp_path


def test_an_owner_is_a_process_its_start_and_its_place(proc: Path) -> None:
    """The label names process, start ticks, boot and pid namespace."""
    assert owner(42, proc=proc) == "42:777:boot-1:pid:[4026531836]"


def test_a_process_that_runs_is_alive(proc: Path) -> None:
    """The same process with the same start lives."""
    assert owner_is_alive(owner(42, proc=proc), proc=proc)


@pytest.mark.parametrize("name", ["a b", "x) S 1 (", ")"])
def test_a_process_may_have_any_name(proc: Path, name: str) -> None:
    """Spaces and parentheses in a name do not shift the fields."""
    (proc / "42/stat").write_text(stat(42, 777, name=name))
    assert owner(42, proc=proc).startswith("42:777:")


def test_a_process_that_is_gone_is_dead(proc: Path) -> None:
    """No such process, another one under the same id, and a zombie are dead."""
    label = owner(42, proc=proc)
    (proc / "42/stat").write_text(stat(42, 778))
    assert not owner_is_alive(label, proc=proc)
    (proc / "42/stat").write_text(stat(42, 777, state="Z"))
    assert not owner_is_alive(label, proc=proc)
    (proc / "42/stat").unlink()
    assert not owner_is_alive(label, proc=proc)


@pytest.mark.parametrize(
    "label",
    [
        "41:777:boot-2:pid:[4026531836]",
        "41:777:boot-1:pid:[4026532000]",
        "41:777:boot-1",
        "x:777:boot-1:pid:[4026531836]",
        "41::boot-1:pid:[4026531836]",
        "",
    ],
)
def test_what_cannot_be_known_counts_as_alive(proc: Path, label: str) -> None:
    """Another machine or boot, another pid namespace and unreadable labels are never called dead."""
    assert owner_is_alive(label, proc=proc)


def test_a_run_is_labelled_with_this_process() -> None:
    """The labels of a run name it, its scenario and this process, which lives."""
    labels = run_labels("r1", "cold-then-warm", 2e9)
    assert (labels[RUN], labels[SCENARIO]) == ("r1", "cold-then-warm")
    assert labels[OWNER].startswith(f"{os.getpid()}:")
    assert owner_is_alive(labels[OWNER])
    assert labels[DEADLINE] == "2033-05-18T03:33:20+00:00"


@pytest.mark.parametrize(
    ("owner_", "deadline", "expected"),
    [
        ("42:777:boot-1:pid:[4026531836]", 100, False),  # it lives: no deadline counts
        ("42:778:boot-1:pid:[4026531836]", 300, True),  # it is dead: none is waited for
        ("42:777:boot-2:pid:[4026531836]", 300, False),  # it cannot be seen from here
        ("42:777:boot-2:pid:[4026531836]", 100, True),
        ("42:777:boot-1:pid:[4026532000]", 100, True),
        ("42:777", 100, False),  # nobody's
        ("x:777:boot-2:pid:[4026531836]", 100, False),
        ("", 100, False),
    ],
)
def test_a_run_is_over_when_its_owner_is_dead_or_out_of_sight_and_late(
    proc: Path, owner_: str, deadline: float, expected: bool
) -> None:
    """The deadline is for those who cannot see the process; what has no owner is never a run's."""
    labels = {**run_labels("r", "s", deadline), OWNER: owner_}
    assert is_abandoned(labels, now=200, proc=proc) is expected


@pytest.mark.parametrize("deadline", ["", "soon", "2033-05-18", "1970-01-01T00:00:00"])
def test_a_deadline_that_cannot_be_read_never_passes(proc: Path, deadline: str) -> None:
    """It is missing, no time, or of no time zone."""
    elsewhere = {OWNER: "42:777:boot-2:pid:[4026531836]", DEADLINE: deadline}
    assert not is_abandoned(elsewhere, now=3e9, proc=proc)


def test_a_real_process_is_dead_once_it_has_ended() -> None:
    """The label of a child is alive while it runs, and dead as a zombie and when it has been reaped."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        label = owner(child.pid)
        assert owner_is_alive(label)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not owner_is_alive(label)
    assert not owner_is_alive(label)
