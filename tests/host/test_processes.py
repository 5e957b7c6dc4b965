"""What is read from /proc, on a made-up one and on the real one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from compose.host.processes import daemons_beside_us, find, named_in_command, processes


def add(proc: Path, pid: int, comm: str, *, namespace: str = "net:[1]", parent: int = 1, state: str = "S") -> None:
    """Write a process as the kernel shows it."""
    folder = proc / str(pid)
    (folder / "ns").mkdir(parents=True)
    (folder / "comm").write_text(f"{comm}\n")
    (folder / "cmdline").write_bytes(f"/usr/bin/{comm}\0--of={pid}\0".encode())
    fields = [state, str(parent), *["0"] * 17, str(pid * 10), "0"]
    (folder / "stat").write_text(f"{pid} ({comm}) {' '.join(fields)}\n")
    (folder / "ns/net").symlink_to(namespace)


def add_self(proc: Path) -> None:
    """Write the reader's own entry, whose namespace counts."""
    (proc / "self/ns").mkdir(parents=True)
    (proc / "self/ns/net").symlink_to("net:[1]")


def test_only_a_dockerd_of_our_network_namespace_counts(tmp_path: Path) -> None:
    """A daemon in another network namespace has NAT rules of its own; other programs are no daemon."""
    add_self(tmp_path)
    add(tmp_path, 10, "dockerd")
    add(tmp_path, 11, "dockerd", namespace="net:[2]")
    add(tmp_path, 12, "containerd")
    add(tmp_path, 13, "dockerd", state="Z")
    (tmp_path / "meminfo").write_text("")
    found = daemons_beside_us(tmp_path)
    assert [(process.pid, process.command) for process in found] == [(10, ("/usr/bin/dockerd", "--of=10"))]


def test_a_process_that_ends_while_it_is_read_is_gone(tmp_path: Path) -> None:
    """A folder of /proc whose files are gone already is passed over."""
    add_self(tmp_path)
    (tmp_path / "20").mkdir()
    add(tmp_path, 21, "dockerd")
    (tmp_path / "21/comm").unlink()
    assert find(20, tmp_path) is None
    assert daemons_beside_us(tmp_path) == []


def test_a_name_with_brackets_and_blanks_is_read(tmp_path: Path) -> None:
    """The name stands in brackets in the stat file and may hold anything."""
    add(tmp_path, 30, "a) b (c", parent=7)
    process = find(30, tmp_path)
    assert process is not None
    assert (process.pid, process.parent, process.started, str(process)) == (30, 7, 300, "30 300")


def test_descendants_follow_the_process_that_is_named(tmp_path: Path) -> None:
    """A container's processes are found by the shim above them, whatever their own command lines say."""
    add(tmp_path, 40, "shim")
    add(tmp_path, 41, "postgres", parent=40)
    add(tmp_path, 42, "worker", parent=41)
    add(tmp_path, 43, "other")
    assert [process.pid for process in named_in_command("--of=40", tmp_path)] == [40, 41, 42]


def test_the_real_proc_knows_this_process_and_its_child() -> None:
    """Pid, parent and command line are those of real processes; a process that was waited for is gone."""
    code = "print('up', flush=True); import sys; sys.stdin.read()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"up\n"  # its command line is its own from its exec on
        found = find(child.pid)
        assert found is not None
        assert found.parent == os.getpid()
        assert found in list(processes())
        assert child.stdin
        child.stdin.close()
    assert find(child.pid) is None
