"""A whole run on the scripted engine: its start, its end, and what it says of itself."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.boot import Settings
from harness.clock import SystemClock
from harness.compose.model import Project, Service
from harness.engine.fake import FakeEngine, Life
from harness.engine.labels import KEPT, OWNER, RUN, SCENARIO, owner
from harness.errors import Place
from harness.journal import Record, read
from harness.outcome import Outcome
from harness.scenario.model import Boot, ComposeSource, Eventually, Logs, Scenario, Step
from harness.scenario.prepare import Prepared
from harness.scenario.run import Options, Run

HERE = Place("scenario.yaml", 1, 1)


@pytest.fixture
def engine() -> FakeEngine:
    """Give an engine that knows one image."""
    made = FakeEngine(SystemClock())
    made.script("server:1", [Life()])
    return made


def prepared(folder: Path, *steps: Step, name: str = "smoke") -> Prepared:
    """Return a scenario of one server that boots."""
    server = Service("server", "server:1", {}, "h")
    project = Project("shop", (), folder, {"server": server}, {}, {}, {}, {})
    scenario = Scenario(name, ComposeSource(folder), (Boot(HERE), *steps), place=HERE)
    return Prepared(scenario, project, None, frozenset(), ())


def new_run(engine: FakeEngine, folder: Path, *, keep: str = "never") -> Run:
    """Return a run whose boots are judged quickly."""
    return Run(engine, Options(settings=Settings(stability=0.05), runs=folder / "runs", keep=keep))


def told(run: Run, kind: str) -> Sequence[Record]:
    """Return the records of one kind in the run's journal."""
    return [record for record in read(run.folder / "journal.jsonl") if record.kind == kind]


def test_a_run_that_hangs_cancels_itself(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its resources carry a deadline: nothing of it may be there once others call it dead."""
    monkeypatch.setattr("harness.scenario.run.LONGEST", 0.3)
    run = new_run(engine, tmp_path)
    never = Eventually(HERE, Logs(HERE, "server", ("never",)), 60)
    assert run.carry_out([prepared(tmp_path, never)], []) is Outcome.CANCELLED
    (cancelled,) = told(run, "cancelled")
    assert cancelled.data["signal"].startswith("its deadline of ")
    assert engine.list_resources({RUN: run.id}) == []


def test_a_run_that_is_cancelled_in_its_last_moment_has_not_passed(engine: FakeEngine, tmp_path: Path) -> None:
    """Whoever pressed Ctrl-C is not told that all is well, though the last scenario had passed by then."""
    run = new_run(engine, tmp_path)

    def cancel(record: Record) -> None:
        if record.kind == "removed":
            run.cancellation.cancel()

    assert run.carry_out([prepared(tmp_path)], [cancel]) is Outcome.CANCELLED
    assert [record.data["outcome"] for record in told(run, "scenario.finished")] == ["passed"]
    assert [record.data["outcome"] for record in told(run, "run.finished")] == ["cancelled"]


def test_a_run_first_removes_what_dead_runs_have_left(engine: FakeEngine, tmp_path: Path) -> None:
    """But for what was kept for a look at it; what would not go is told with the reason."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as dead:
        mine = {RUN: "dead", SCENARIO: "killed", OWNER: owner(dead.pid)}
    engine.create_volume("data", {"Labels": mine})
    engine.create_volume("kept", {"Labels": {**mine, SCENARIO: "failed", KEPT: "yes"}})
    run = new_run(engine, tmp_path)
    assert run.carry_out([prepared(tmp_path)], []) is Outcome.PASSED
    (swept,) = told(run, "swept")
    assert swept.data == {"run": "dead", "removed": 1, "left": []}
    assert [found.name for found in engine.list_resources({})] == ["kept"]


def test_a_run_that_is_cancelled_while_it_sweeps_boots_nothing(engine: FakeEngine, tmp_path: Path) -> None:
    """A signal that comes early is a cancellation as any other."""
    run = new_run(engine, tmp_path)
    run.cancellation.cancel()
    assert run.carry_out([prepared(tmp_path)], []) is Outcome.CANCELLED
    assert told(run, "container.start") == []


@pytest.mark.parametrize("keep", ["never", "always"])
def test_the_watchdog_of_a_run_that_ended_has_ended(engine: FakeEngine, tmp_path: Path, keep: str) -> None:
    """What was kept on purpose is none of its business."""
    run = new_run(engine, tmp_path, keep=keep)
    assert run.carry_out([prepared(tmp_path)], []) is Outcome.PASSED
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if run.id.encode() in line]
    assert bool(engine.list_resources({RUN: run.id})) == (keep == "always")
