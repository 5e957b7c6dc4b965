"""The private engine: its files and processes, and once the real thing in a network namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from compose.host.daemon import PrivateDaemon, install, run_folder
from compose.host.processes import find
from harness.errors import EngineError

SOCKET_LIMIT = 100
"""The kernel's is 108 bytes with the closing NUL (unix(7)); some leave room for a suffix."""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that stands for a daemon."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_the_sockets_path_is_short_however_deep_the_checkout_lies() -> None:
    """A checkout 2000 bytes deep has a socket within the kernel's limit, and checkouts have different ones."""
    deep = Path("/", *["deep-folder"] * 180)
    url = PrivateDaemon(deep).url
    assert len(url.removeprefix("unix://")) < SOCKET_LIMIT
    assert len(str(run_folder(deep) / "exec/containerd/containerd.sock.ttrpc")) < SOCKET_LIMIT
    assert run_folder(deep) != run_folder(deep / "other")


def test_a_pid_that_was_given_to_another_process_is_not_the_daemon(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    """A stale pid file neither counts as a running daemon nor gets a stranger killed."""
    daemon = PrivateDaemon(tmp_path)
    with daemon.lock():
        (daemon.folder / "pid").write_text(f"{sleeper.pid} 1\n")
        assert daemon.process() is None
        assert daemon.stop() is False
    assert sleeper.poll() is None
    assert not (daemon.folder / "pid").exists()


@pytest.mark.parametrize("text", ["", "None", "x y"])
def test_a_damaged_pid_file_is_no_daemon(tmp_path: Path, text: str) -> None:
    """A pid file that was cut off says nothing."""
    daemon = PrivateDaemon(tmp_path)
    with daemon.lock():
        (daemon.folder / "pid").write_text(text)
        assert daemon.process() is None


def test_stop_ends_the_process_and_what_it_left(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    """The daemon, a shim that outlived it, and the files that say where it was are gone; a second stop is idle."""
    daemon = PrivateDaemon(tmp_path)
    shim = [sys.executable, "-c", "input()", f"{daemon.run}/exec/containerd/containerd.sock"]
    with subprocess.Popen(shim, stdin=subprocess.PIPE) as left, daemon.lock():
        (daemon.folder / "pid").write_text(f"{find(sleeper.pid)}\n")
        (daemon.folder / "host").write_text(f"{daemon.url}\n")
        assert daemon.stop() is True
        assert left.wait(5) != 0
        assert daemon.stop() is False
    assert sleeper.wait(5) != 0
    assert sorted(path.name for path in daemon.folder.iterdir()) == ["lock"]


def test_only_one_at_a_time_may_start_it(tmp_path: Path) -> None:
    """Whoever comes second waits for the lock."""
    entered = threading.Event()

    def enter() -> None:
        with PrivateDaemon(tmp_path).lock():
            entered.set()

    with PrivateDaemon(tmp_path).lock():
        second = threading.Thread(target=enter)
        second.start()
        assert not entered.wait(0.1)
    assert entered.wait(5)
    second.join()


def test_elsewhere_than_on_debian_nothing_is_installed(tmp_path: Path) -> None:
    """On another distribution, or without root, the error says what to install; its exit code is 3."""
    release = tmp_path / "os-release"
    release.write_text('ID=fedora\nID_LIKE="rhel"\n')
    with pytest.raises(EngineError, match="no Docker engine answers") as caught:
        install(release)
    assert "https://docs.docker.com/engine/install" in caught.value.help
    assert caught.value.exit_code == 3


REAL = """
import os, signal, subprocess, sys
from pathlib import Path
from compose.host.daemon import PrivateDaemon
from harness.engine.address import answers
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
daemon = PrivateDaemon(Path(sys.argv[1]))
with daemon.lock():
    os.kill(daemon.start(), signal.SIGKILL)   # its containerd lives on
    os.wait()
    assert daemon.process() is None and not answers(daemon.url)
    daemon.start()
    assert daemon.process() and answers(daemon.url)
    assert daemon.stop() and not answers(daemon.url) and not daemon.stop()
"""


@pytest.mark.docker
@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("dockerd") or not shutil.which("ip"),
    reason="a private engine is for root on Debian and Ubuntu; this machine has another one",
)
def test_a_real_daemon_starts_survives_a_kill_and_stops(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """A real dockerd answers, is started anew after a SIGKILL, and leaves neither process nor mount nor socket."""
    command = ["unshare", "--net", sys.executable, "-c", REAL, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    mounts = Path("/proc/self/mountinfo").read_text()
    assert str(tmp_path) not in mounts
    assert not run_folder(tmp_path).exists()
