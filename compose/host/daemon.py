"""A private Docker engine for one checkout: installed, started, found again and stopped, on Debian and Ubuntu.

Its data, its log and its address are under `.engine/` in the checkout. Its sockets are not: the path of a unix
socket has at most 107 bytes, so they stand in a short folder under /run, named after the checkout.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from compose.host.packages import apt_get, run
from compose.host.processes import Process, daemons_beside_us, find, named_in_command
from harness.engine.address import PRIVATE, answers
from harness.errors import EngineError, EngineUnavailableError

START_SECONDS = 60.0
"""How long a dockerd may take to answer: 0.3 s is usual, a first start on a slow disk takes longer."""

STOP_SECONDS = 30.0
"""How long it may take to end: dockerd itself gives its containers 15 s (`--shutdown-timeout`)."""

_PATH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
"""Where dockerd finds iptables; people who became root by `su` have no sbin in their PATH."""


class PrivateDaemon:
    """The dockerd of the checkout `root`; only one process at a time may change it: see `lock`."""

    def __init__(self, root: Path) -> None:
        self.folder = root / PRIVATE.parent
        self.run = run_folder(root)
        self.url = f"unix://{self.run}/docker.sock"
        self.log = self.folder / "dockerd.log"
        self._address = root / PRIVATE
        self._pid = self.folder / "pid"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Wait until nobody else starts or stops this daemon."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def process(self) -> Process | None:
        """Return the process that was started last, None when it is gone: another of its pid is not it."""
        try:
            text = self._pid.read_text().strip()
            found = find(int(text.split()[0]))
        except (FileNotFoundError, ValueError, IndexError):
            return None
        return found if str(found) == text else None

    def start(self) -> int:
        """Start it, detached, and return its pid when it answers; nothing is left of a start that failed."""
        self.clear()
        self.run.mkdir(mode=0o700)
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={**os.environ, "PATH": _PATH},
                start_new_session=True,
            )
        try:
            self._pid.write_text(f"{find(started.pid)}\n")
            self._wait_for_answer(started)
            self._address.write_text(f"{self.url}\n")
        except BaseException:
            self.stop()
            raise
        return started.pid

    def stop(self) -> bool:
        """End it with its containers, and clear up behind it; whether there was something to stop."""
        process = self.process()
        if process:
            _end(process)
        self.clear()
        return process is not None

    def clear(self) -> None:
        """Remove what a dockerd that was killed leaves: shims, containers, mounts, its folder, its address."""
        for process in named_in_command(str(self.run / "exec")):
            _signal(process, signal.SIGKILL)
        for mount in _mounts_under(self.run, self.folder):
            run(["umount", "--lazy", mount])
        shutil.rmtree(self.run, ignore_errors=True)
        for file in (self._address, self._pid):
            file.unlink(missing_ok=True)

    def _command(self) -> list[str]:
        return [
            *("dockerd", "--host", self.url, "--data-root", str(self.folder / "data")),
            *("--exec-root", str(self.run / "exec"), "--pidfile", str(self.run / "dockerd.pid")),
        ]

    def _wait_for_answer(self, started: subprocess.Popen[bytes]) -> None:
        _wait(lambda: answers(self.url) or started.poll() is not None, START_SECONDS)
        if not answers(self.url):
            what = f"gave no answer in {START_SECONDS:.0f} s" if started.poll() is None else "ended at once"
            last_words = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
            raise EngineUnavailableError(f"dockerd {what}; the end of {self.log}:\n{last_words}")


def run_folder(root: Path) -> Path:
    """Return the folder of a checkout's sockets: as short however deep the checkout lies."""
    return Path("/run", f"bootsmoke-{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:12]}")


def refuse_second() -> None:
    """Raise `EngineError` when a dockerd runs in our network namespace already."""
    others = daemons_beside_us()
    if others:
        raise EngineError(
            f"a dockerd runs here already: pid {others[0].pid}, {' '.join(others[0].command)}; a second one in the "
            "same network namespace would flush its NAT rules",
            help="set DOCKER_HOST to its socket, or stop it",
        )


def install(release: Path = Path("/etc/os-release")) -> None:
    """Install dockerd from the distribution's packages, as root on Debian or Ubuntu; `EngineError` elsewhere."""
    if os.geteuid() != 0:
        raise EngineError("no Docker engine answers, and only root can start one", help=_ELSEWHERE)
    if not re.search(r"^ID(_LIKE)?=.*\b(debian|ubuntu)\b", release.read_text(), re.MULTILINE):
        raise EngineError("no Docker engine answers, and this is neither Debian nor Ubuntu", help=_ELSEWHERE)
    if not (shutil.which("dockerd", path=_PATH) and shutil.which("iptables", path=_PATH)):
        print("engine: none answers; installing docker.io", flush=True)
        apt_get("install", "--yes", "--no-install-recommends", "docker.io", "iptables")
    if not _has_cgroups(Path("/proc/mounts").read_text()):
        apt_get("install", "--yes", "--no-install-recommends", "cgroupfs-mount")
        run(["/usr/bin/cgroupfs-mount"])


_ELSEWHERE = (
    "install Docker Engine (https://docs.docker.com/engine/install/) and start it, or set DOCKER_HOST to an engine"
)


def _has_cgroups(mounts: str) -> bool:
    """Whether version 2 is mounted, or version 1 with the controller that no container starts without."""
    return bool(re.search(r"^\S+ /sys/fs/cgroup cgroup2 |^\S+ \S+ cgroup \S*\bdevices\b", mounts, re.MULTILINE))


def _end(process: Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(process, number)
        if _wait(lambda: find(process.pid) != process, STOP_SECONDS):
            return
    raise EngineError(f"dockerd (pid {process.pid}) does not end")


def _signal(process: Process, number: signal.Signals) -> None:
    if find(process.pid) == process:
        os.kill(process.pid, number)


def _mounts_under(*folders: Path) -> list[str]:
    """Return the mount points below `folders`, the last mounted first."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [_unescape(line.split()[4]) for line in reversed(lines)]
    return [point for point in points if any(Path(point).is_relative_to(folder) for folder in folders)]


def _unescape(text: str) -> str:
    r"""Undo the kernel's `\040` for a blank, and the like."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
