"""This machine: its disk, its clock, its ports, and a log that would fill its memory."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from harness.engine import Engine
from tests.faults.smoke import Smoke, shell, write
from tests.faults.table import Row

pytestmark = pytest.mark.docker

STAYS = {"app": shell("exec sleep 300", restart="unless-stopped")}
SET_CLOCK = """
import sys, time
from pathlib import Path
real, later = time.time, Path("a-day-later")
time.time = lambda: real() + later.exists() * 86_400
from harness.cli import main
sys.exit(main())
"""
"""bootsmoke with a time of day that a file sets; the engine's own stays."""
PEAK = 120
"""MiB that bootsmoke may have at its peak, Docker's SDK and all: the flood brings some hundred more a second."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB for the runs."""
    assert os.geteuid() == 0, "a small disk is mounted by root"
    folder = tmp_path / "runs"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.fault("the disk of the journal is full")
def test_a_full_disk_is_told_and_everything_removed(
    tmp_path: Path, small_disk: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """Nothing can be written down any more: the run ends, says why, and cleans up."""
    smoke = Smoke(write(tmp_path, STAYS), engine_address, "--stability", "2")
    smoke.until(lambda record: record.kind == "life.started")
    fill(small_disk)
    ended = smoke.end()
    assert ended.fits(row)
    assert ended.left(docker_engine) == []


def fill(disk: Path) -> None:
    """Leave no byte free."""
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(512)):
            pass
    assert shutil.disk_usage(disk).free == 0


@pytest.mark.soak
@pytest.mark.fault("a log of 100 MB/s")
def test_a_flood_of_log_stays_bounded(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """What is kept of it is its head and its tail, in memory and on disk."""
    script = "echo the first line; exec yes 'a line of the flood, of some length that is not so short'"
    services = {"app": shell(script, stop_grace_period="1s", stop_signal="SIGKILL")}
    smoke = Smoke(write(tmp_path, services), engine_address, "--stability", "1")
    peak = 0
    while smoke.process.poll() is None:
        peak = max(peak, _memory(smoke.process.pid))
        time.sleep(0.05)
    ended = smoke.end()
    assert ended.fits(row)
    (saved,) = ended.folder.glob("check/app-1-*.log")
    first, *_, last = saved.read_text().splitlines()
    assert first.endswith("the first line")
    assert "a line of the flood" in last
    assert saved.stat().st_size < 10 * 2**20
    assert peak < PEAK * 2**20
    assert ended.left(docker_engine) == []


def _memory(pid: int) -> int:
    """Return the most memory that a process has had, in bytes; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


@pytest.mark.soak
@pytest.mark.fault("this machine's clock is set")
def test_a_clock_of_this_machine_that_is_set(
    tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row
) -> None:
    """A day forwards in mid-run: what is waited for is measured by a clock that does not jump."""
    smoke = Smoke(write(tmp_path, STAYS), engine_address, "--stability", "1", program=("-c", SET_CLOCK))
    smoke.until(lambda record: record.kind == "life.started")
    (tmp_path / "a-day-later").touch()
    ended = smoke.end()
    assert ended.fits(row)
    records = smoke.records()
    assert records[-1].at - records[0].at > 86_000
    assert records[-1].elapsed < ended.seconds
    assert ended.left(docker_engine) == []


@pytest.mark.fault("a published port is taken")
def test_a_port_that_is_taken(tmp_path: Path, engine_address: str, docker_engine: Engine, row: Row) -> None:
    """With --keep-ports, and somebody else listens there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        services = {"app": shell("exec sleep 300", ports=[f"127.0.0.1:{port}:80"])}
        ended = Smoke(write(tmp_path, services), engine_address, "--keep-ports").end()
    assert ended.fits(row)
    assert str(port) in ended.told
    assert ended.left(docker_engine) == []
