"""Stopping containers of the scripted engine, in time that a test moves."""

from __future__ import annotations

import pytest

from harness.boot.stopping import stop
from harness.clock import ManualClock
from harness.engine.fake import FakeEngine, Life


@pytest.mark.parametrize(
    ("needs", "grace", "ignored"),
    [(0.2, 10.0, None), (60.0, 10.0, ("SIGTERM", 10.0)), (60.0, 0.0, None)],
)
def test_who_has_to_be_killed_has_ignored_the_signal(
    needs: float, grace: float, ignored: tuple[str, float] | None
) -> None:
    """The signal and the whole grace period are told; who gets no time has ignored nothing."""
    clock = ManualClock()
    engine = FakeEngine(clock)
    engine.script("server:1", [Life(stop_seconds=needs)])
    container = engine.create_container("server", {"Image": "server:1"})
    engine.start(container)
    assert stop(engine, clock, container, grace) == ignored
