"""Timelines as shapes."""

from __future__ import annotations

import pytest

from harness.report.drawing import Drawing, Lane, ticks
from harness.report.reading import read_run
from harness.report.timeline import Axis
from tests.report.golden import JOURNALS, records
from tests.report.journals import Tape


def drawing(name: str) -> Drawing:
    """Draw the first scenario of a journal."""
    return Drawing.of(read_run(records(name)).scenarios[0])


def lane(drawn: Drawing, label: str) -> Lane:
    """Return a lane by its label."""
    return next(lane for lane in drawn.lanes if lane.label == label)


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (Axis(0.0, 10.0), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
        (Axis(32.7, 39.2), [34.0, 36.0, 38.0]),
        (Axis(0.03, 0.13), [0.04, 0.06, 0.08, 0.1, 0.12]),
        (Axis(0.0, 3600.0), [0.0, 1000.0, 2000.0, 3000.0]),
    ],
)
def test_ticks_are_round_and_few(axis: Axis, expected: list[float]) -> None:
    """Steps of one, two or five."""
    assert ticks(axis) == expected


def test_a_failed_warm_boot() -> None:
    """Two containers of the server: one ready and told to stop, one lost, with the migration that broke it."""
    server = lane(drawing("broken-check"), "server")
    kinds = [bar.kind for bar in server.bars]
    assert kinds == ["pending", "starting", "ready", "stopping", "pending", "lost"]
    assert [mark.kind for mark in server.marks].count("crash") == 1
    (culprit,) = [mark for mark in server.marks if mark.kind == "culprit"]
    assert culprit.title.endswith("migration 000043_actor_role_scope.up.sql")
    assert server.note == "failed"


def test_every_migration_of_the_ladder_is_drawn_at_each_boot() -> None:
    """As far as the log names them."""
    server = lane(drawing("good-check"), "server")
    names = [mark.title.rpartition(" ")[2] for mark in server.marks if mark.kind == "migration"]
    assert len(names) == 22
    assert names[:11] == names[11:] == sorted(names[:11])


@pytest.mark.parametrize("name", JOURNALS)
def test_nothing_lies_outside_of_the_axis(name: str) -> None:
    """Neither a bar nor a mark, and each has words."""
    for scenario in read_run(records(name)).scenarios:
        drawn = Drawing.of(scenario)
        for bar in [*drawn.steps, *(bar for each in drawn.lanes for bar in each.bars)]:
            assert 0 <= bar.x <= bar.x + bar.width <= 100.001
            assert bar.title
        assert all(0 <= mark.x <= 100 and mark.title for each in drawn.lanes for mark in each.marks)


def test_a_service_that_gave_up_without_an_exit() -> None:
    """Has a mark for the moment at which patience ended."""
    about = {"scenario": "check", "service": "server", "number": 1}
    tape = Tape("check")
    tape.begin("check")
    tape.starts("check", "server", 0.3)
    tape.add(9.0, "service.failed", **about, verdict="timeout", reason="not ready within 9 s")
    tape.end("check", "failed", 10.0)
    (scenario,) = read_run(tape.records).scenarios
    (server,) = Drawing.of(scenario).lanes
    assert [mark.title for mark in server.marks if mark.kind == "gaveup"] == [
        "9.00 s: timeout: not ready within 9 s"
    ]


def test_a_scenario_that_never_began() -> None:
    """Has an empty drawing, and no division by zero."""
    (scenario,) = read_run(Tape("check").records).scenarios
    assert Drawing.of(scenario).lanes == ()
