"""When the engine would find a server ready."""

from __future__ import annotations

import pytest

from harness.boot.advice import reported_at
from harness.engine.model import HealthCheck


def check(interval: float, start_period: float = 0.0, start_interval: float = 5.0) -> HealthCheck:
    """Return a healthcheck."""
    return HealthCheck(("CMD", "true"), interval=interval, start_period=start_period, start_interval=start_interval)


@pytest.mark.parametrize(
    ("of", "ready", "starts_finely", "reported"),
    [
        (check(30), 3.0, False, 30),
        (check(30), 0.0, False, 30),
        (check(30), 30.5, False, 60),
        (check(2), 3.0, False, 4),
        (check(30, start_period=60, start_interval=1), 3.2, True, 4),
        (check(30, start_period=60), 3.2, True, 5),
        (check(30, start_period=60), 3.2, False, 30),
        (check(30, start_period=4, start_interval=2), 4.5, True, 34),
        (check(30, start_interval=1), 3.2, True, 30),
    ],
)
def test_the_engine_asks_at_its_own_pace(
    of: HealthCheck, ready: float, starts_finely: bool, reported: float
) -> None:
    """First after one interval; at the start interval within the start period, on engines that know it."""
    assert reported_at(of, ready, starts_finely=starts_finely) == reported
