"""Removal by labels, on both engines, and what is left alone."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest

from harness.clock import ManualClock, SystemClock
from harness.engine import RUN, run_labels
from harness.engine.fake import FakeEngine, Life
from harness.engine.labels import KEPT, OWNER, SCENARIO, owner
from harness.engine.model import Resource
from harness.engine.sweep import Run, dead_runs, remove_all
from harness.errors import ConflictError, EngineUnavailableError


def furnish(bench: Any, labels: Mapping[str, str]) -> str:
    """Make a volume, a network and a running container that uses both; return their name."""
    name: str = bench.name()
    bench.engine.create_volume(name, {"Labels": labels})
    bench.engine.create_network(name, {"Labels": labels})
    mounts = [{"Type": "volume", "Source": name, "Target": "/data"}]
    container = bench.create(name=name, Labels=labels, HostConfig={"Mounts": mounts})
    bench.engine.connect(name, container, {})
    bench.engine.start(container)
    return name


def test_all_of_a_run_goes_and_nothing_else(bench: Any) -> None:
    """A running stack goes whole, in the order of its uses; another run's and a foreign one stay."""
    mine, other = {**bench.labels, RUN: "r1"}, {**bench.labels, RUN: "r2"}
    gone = furnish(bench, mine)
    furnish(bench, other)
    furnish(bench, bench.labels)
    removal = remove_all(bench.engine, mine, deadline=20, clock=SystemClock())
    assert [(found.kind, found.name) for found in removal.removed] == [
        (kind, gone) for kind in ("container", "network", "volume")
    ]
    assert removal.left == ()
    left = bench.engine.list_resources(bench.labels)
    assert [found.labels.get(RUN) for found in left if found.kind == "volume"] == ["r2", None]
    assert len(left) == 6


def test_what_cannot_go_is_told_with_the_reason(bench: Any) -> None:
    """A volume that a foreign container uses is left, and the reason names it; the rest goes."""
    name = bench.name()
    mine = {**bench.labels, RUN: "r1"}
    bench.engine.create_volume(name, {"Labels": mine})
    bench.engine.create_network(name, {"Labels": mine})
    bench.create(HostConfig={"Mounts": [{"Type": "volume", "Source": name, "Target": "/data"}]})
    removal = remove_all(bench.engine, mine, deadline=2, clock=bench.fake.clock if bench.fake else SystemClock())
    assert [found.kind for found in removal.removed] == ["network"]
    ((resource, reason),) = removal.left
    assert (resource.kind, resource.name) == ("volume", name)
    assert name in reason


def test_nothing_to_remove_is_fine(bench: Any) -> None:
    """A run without leftovers is removed at once."""
    removal = remove_all(bench.engine, {**bench.labels, RUN: "none"}, deadline=5, clock=SystemClock())
    assert (removal.removed, removal.left) == ((), ())


def test_no_labels_remove_nothing() -> None:
    """Removing by no label would match everything: it is refused."""
    engine = FakeEngine()
    engine.create_volume("precious", {})
    with pytest.raises(ValueError, match="no label"):
        remove_all(engine, {}, deadline=1, clock=ManualClock())
    assert len(engine.list_resources({})) == 1


def test_what_is_made_during_the_removal_goes_as_well() -> None:
    """The listing is repeated until it is empty."""
    engine = FakeEngine()
    engine.script("web", [Life()])
    engine.create_container("one", {"Image": "web", "Labels": {RUN: "r1"}})
    late = iter([lambda: engine.create_container("two", {"Image": "web", "Labels": {RUN: "r1"}})])
    remove = engine.remove_container

    def remove_and_create(container: str) -> None:
        remove(container)
        next(late, lambda: None)()

    engine.remove_container = remove_and_create  # type: ignore[method-assign]
    removal = remove_all(engine, {RUN: "r1"}, deadline=5, clock=engine.clock)
    assert [found.name for found in removal.removed] == ["one", "two"]
    assert engine.list_resources({}) == []


NOW = 1e9


def dead_owner() -> str:
    """Return the owner label of a process that has ended."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        return owner(child.pid)


def test_only_runs_whose_process_is_dead_are_found() -> None:
    """A dead run is found with all of its resources; a living one, a foreign one and one without owner are not."""
    engine = FakeEngine()
    dead = {RUN: "dead", OWNER: dead_owner()}
    engine.create_volume("a", {"Labels": dead})
    engine.create_network("b", {"Labels": dead})
    engine.create_volume("c", {"Labels": run_labels("alive", "s", 0.0)})
    engine.create_volume("d", {"Labels": {RUN: "unowned"}})
    engine.create_volume("e", {"Labels": {}})
    (run,) = dead_runs(engine, now=NOW)
    assert run.id == "dead"
    assert [(found.kind, found.name) for found in run.resources] == [("network", "b"), ("volume", "a")]


@pytest.mark.parametrize(("deadline", "is_over"), [(NOW - 1, True), (NOW + 1, False)])
def test_a_run_of_another_machine_is_over_after_its_deadline(deadline: float, is_over: bool) -> None:
    """Its process cannot be seen from here: until then it may live, and afterwards it has cancelled itself."""
    engine = FakeEngine()
    labels = {**run_labels("elsewhere", "s", deadline), OWNER: "42:777:another-boot:pid:[4026531836]"}
    engine.create_volume("a", {"Labels": labels})
    assert [run.id for run in dead_runs(engine, now=NOW)] == ["elsewhere"] * is_over


def test_one_living_owner_keeps_a_run() -> None:
    """A run with a dead and a living owner is left alone as a whole."""
    engine = FakeEngine()
    engine.create_volume("a", {"Labels": {RUN: "r", OWNER: dead_owner()}})
    assert [run.id for run in dead_runs(engine, now=NOW)] == ["r"]
    engine.create_volume("b", {"Labels": run_labels("r", "s", 0.0)})
    assert dead_runs(engine, now=NOW) == []


def test_a_scenario_that_was_kept_for_a_look_is_swept_only_when_it_is_asked_for() -> None:
    """`bootsmoke sweep` takes it; the next run and the watchdog take the run's other scenarios alone."""
    engine = FakeEngine()
    labels = {RUN: "r", OWNER: dead_owner(), SCENARIO: "kept"}
    engine.create_volume("data", {"Labels": labels})
    engine.create_volume("mark", {"Labels": {**labels, KEPT: "yes"}})
    assert dead_runs(engine, now=NOW, kept=False) == []
    engine.create_volume("other", {"Labels": {**labels, SCENARIO: "killed"}})
    assert names_of(dead_runs(engine, now=NOW, kept=False)) == ["other"]
    assert names_of(dead_runs(engine, now=NOW)) == ["data", "mark", "other"]
    remove_all(engine, {RUN: "r"}, deadline=5, clock=engine.clock, kept=False)
    assert names_of(dead_runs(engine, now=NOW)) == ["data", "mark"]
    remove_all(engine, {RUN: "r"}, deadline=5, clock=engine.clock)
    assert engine.list_resources({}) == []


def names_of(runs: list[Run]) -> list[str]:
    """Return the names of what runs have left."""
    return [resource.name for run in runs for resource in run.resources]


def test_what_comes_late_goes_as_well() -> None:
    """A request that was under way when its sender died is carried out after the first look."""
    engine = FakeEngine()
    engine.create_volume("one", {"Labels": {RUN: "r"}})
    listing, looks = engine.list_resources, itertools.count()

    def list_late(labels: Mapping[str, str | None]) -> list[Resource]:
        if next(looks) == 3:
            engine.create_volume("two", {"Labels": {RUN: "r"}})
        return listing(labels)

    engine.list_resources = list_late  # type: ignore[method-assign]
    removal = remove_all(engine, {RUN: "r"}, deadline=60, clock=engine.clock, quiet=5)
    assert [found.name for found in removal.removed] == ["one", "two"]


@pytest.mark.parametrize(("seconds", "is_patient"), [(2.0, True), (4.0, False)])
def test_an_engine_that_is_away_for_a_moment_is_asked_again(seconds: float, is_patient: bool) -> None:
    """One that starts anew is; one that stays away is told."""
    engine = FakeEngine()
    engine.create_volume("one", {"Labels": {RUN: "r"}})
    listing, back = engine.list_resources, engine.clock.monotonic() + seconds

    def unless_away(labels: Mapping[str, str | None]) -> list[Resource]:
        if engine.clock.monotonic() < back:
            raise EngineUnavailableError("no container engine answers")
        return listing(labels)

    engine.list_resources = unless_away  # type: ignore[method-assign]
    with nullcontext() if is_patient else pytest.raises(EngineUnavailableError):
        remove_all(engine, {RUN: "r"}, deadline=60, clock=engine.clock, patience=3)
    assert len(listing({})) == (not is_patient)


def test_a_removal_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """What there was no time for is told; nothing is tried after the end."""
    engine = FakeEngine()
    for name in ("a", "b", "c"):
        engine.create_volume(name, {"Labels": {RUN: "r"}})

    def slow(volume: str) -> None:
        engine.advance(6)
        raise ConflictError(f"cannot remove volume {volume}: in use")

    monkeypatch.setattr(engine, "remove_volume", slow)
    removal = remove_all(engine, {RUN: "r"}, deadline=10, clock=engine.clock)
    assert removal.reasons() == [
        "volume a: cannot remove volume a: in use",
        "volume b: cannot remove volume b: in use",
        "volume c: there was no time left to remove it",
    ]


def test_what_is_frozen_goes_as_well(bench: Any) -> None:
    """A scenario pauses containers, and may be killed just then."""
    mine = {**bench.labels, RUN: "r1"}
    bench.engine.pause(bench.run(Labels=mine))
    removal = remove_all(bench.engine, mine, deadline=20, clock=SystemClock())
    assert ([found.kind for found in removal.removed], removal.left) == (["container"], ())
