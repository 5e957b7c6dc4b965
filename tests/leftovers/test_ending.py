"""What a run leaves behind when it is killed or interrupted in the middle, on the real engine: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.engine import RUN, Engine
from harness.engine.sweep import remove_all
from harness.engine.watchdog import Watchdog
from tests.leftovers.decoys import Decoys
from tests.leftovers.ending import ROOT, Running, check, running, until

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]
HERE = Path(__file__).parent
WARM = '"of": "warm"'


def is_cleaned_up_after(run: Running) -> bool:
    """Wait until the watchdog has ended; say whether nothing is left then. How soon is the campaign's business."""
    assert until(lambda: not run.programs()), run.programs()
    return run.left() == []


@pytest.mark.parametrize("moment", ['"plan"', WARM])
def test_a_run_that_is_killed_is_cleaned_up_after_in_seconds(
    docker_engine: Engine, tmp_path: Path, moment: str
) -> None:
    """While it creates, boots and force-recreates; a group that dies as one does not take the watchdog along."""
    with running(docker_engine, tmp_path / "runs", *check()) as run:
        run.come_to(moment)
        run.end(signal.SIGKILL, group=True)
        assert is_cleaned_up_after(run)
        assert run.journal().splitlines()[-1].startswith('{"kind": "swept"')


@pytest.mark.parametrize(
    ("number", "moment"), [(signal.SIGINT, '"container.start"'), (signal.SIGTERM, WARM), (signal.SIGHUP, '"plan"')]
)
def test_a_run_that_is_interrupted_cleans_up_before_it_ends(
    docker_engine: Engine, tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    """It is told as cancelled, and never a pass."""
    with running(docker_engine, tmp_path / "runs", *check()) as run:
        run.come_to(moment)
        run.end(number, group=number is signal.SIGINT)
        assert run.process.wait(60) == 130, run.output()
        assert run.left() == []
        assert until(lambda: not run.programs()), run.programs()
        assert '"outcome": "cancelled"' in run.journal()
        assert "CANCELLED check" in run.output()


def test_the_second_ctrl_c_ends_a_run_at_once(docker_engine: Engine, tmp_path: Path) -> None:
    """A step that cannot be hurried is not waited for, and the watchdog cleans up."""
    with running(docker_engine, tmp_path / "runs", *check()) as run:
        run.come_to(WARM)
        run.end(signal.SIGINT, group=True)
        run.come_to('"cancelled"')
        run.end(signal.SIGINT, group=True)
        assert run.process.wait(10) == 130
        assert "stopped at once: the watchdog removes what is left" in run.output()
        assert is_cleaned_up_after(run)


def test_a_build_ends_with_its_run(docker_engine: Engine, tmp_path: Path) -> None:
    """What the run had started does not keep the watchdog from seeing its end, and does not outlive it."""
    with running(docker_engine, tmp_path / "runs", "check", "-f", HERE / "building/compose.yaml") as run:
        assert until(lambda: bool(marked(run.id)), 60)
        run.end(signal.SIGKILL, group=False)
        assert until(lambda: not marked(run.id)), marked(run.id)


def marked(run: str) -> list[str]:
    """Return the processes that carry the mark of a run."""
    ((name, value),) = Watchdog.mark(run).items()
    mark, found = f"{name}={value}".encode(), []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                found += [folder.name] if mark in (folder / "environ").read_bytes().split(b"\0") else []
            except OSError:  # it has ended meanwhile
                continue
    return found


IDLE = """
services:
  idle: {image: "python:3.11-slim", entrypoint: [sleep, "3600"], init: true}
"""
BOOTS = """
about: Boots one container that does nothing.
compose: {files: [compose.yaml]}
stability: 0.2
steps:
  - boot: cold
"""
WAITS = """
  - eventually: {logs: idle, contains: a word that it never says}
    within: 300s
"""


def scenario(folder: Path, text: str) -> None:
    """Write a scenario of the idle container."""
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(IDLE)
    (folder / "scenario.yaml").write_text(text)


def test_what_was_kept_before_a_run_was_killed_stays(docker_engine: Engine, tmp_path: Path) -> None:
    """A scenario that is over is kept on purpose, one in the middle is not; `bootsmoke sweep` takes both."""
    scenario(tmp_path / "kept/one", BOOTS)
    scenario(tmp_path / "kept/two", BOOTS.rstrip() + WAITS)
    with running(docker_engine, tmp_path / "runs", "run", "--keep", "always", tmp_path / "kept") as run:
        try:
            run.come_to('"kept"')
            run.come_to("within 300 s")
            run.end(signal.SIGKILL, group=True)
            assert until(lambda: not run.programs()), run.programs()
            assert {each.labels["dev.bootsmoke.scenario"] for each in run.left()} == {"one"}
            bootsmoke(docker_engine, "sweep")
            assert run.left() == []
        finally:
            remove_all(docker_engine, {RUN: run.id}, deadline=60, clock=SystemClock())


def test_the_next_run_cleans_up_where_the_watchdog_could_not(
    docker_engine: Engine, decoys: Decoys, tmp_path: Path
) -> None:
    """Run and watchdog are killed at once; what is somebody else's is left as it is by the next run, too."""
    before = decoys.seen()
    with running(docker_engine, tmp_path / "runs", *check()) as run:
        run.come_to('"container.start"')
        (watchdog,) = (int(pid) for pid in children(run.process.pid))
        os.kill(watchdog, signal.SIGKILL)
        run.end(signal.SIGKILL, group=True)
        run.process.wait()
    left = run.left()
    assert left
    listed = bootsmoke(docker_engine, "sweep", "--dry-run")
    assert all(f"would remove {each.kind} {each.name} of run {run.id}" in listed for each in left)
    assert run.left() == left
    with running(docker_engine, tmp_path / "next", *check()) as after:
        after.come_to(f'"run": "{run.id}"')
        assert run.left() == []
        after.end(signal.SIGINT, group=True)
        assert after.process.wait(60) == 130
    assert decoys.seen() == before


def children(pid: int) -> list[str]:
    """Return the processes that a process has started, from any of its threads."""
    return [word for file in Path(f"/proc/{pid}/task").glob("*/children") for word in file.read_text().split()]


def bootsmoke(engine: Engine, *words: str) -> str:
    """Run a command, and return what it has written to stdout."""
    whole = [sys.executable, "-m", "harness", *words]
    environment = {**os.environ, "DOCKER_HOST": engine.info().address}
    done = subprocess.run(whole, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
