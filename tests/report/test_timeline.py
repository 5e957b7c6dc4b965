"""Strips: what a service was at, as characters."""

from __future__ import annotations

import pytest

from harness.report.model import Container, Life, Row
from harness.report.text import ASCII, UNICODE
from harness.report.timeline import Axis, scale, strip

AXIS = Axis(0.0, 10.0)
GOOD = Container("a", 1.0, (Life(1, 2.0, ready=4.0),))
LOOP = Container("b", 0.0, (Life(1, 1.0, 2.0, exit_code=1), Life(2, 4.0, 5.0, exit_code=1)), failed=5.0)


def row(*containers: Container) -> Row:
    """Return the row of a server."""
    return Row("server", 1, containers)


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ((GOOD,), " ·┄┄━━━━━━"),
        ((LOOP,), "·┄✗·┄✗····"),
        ((Container("c", 0.0, (Life(1, 1.0, 4.0, ready=2.0),), removed=5.0),), "·┄━━━·    "),
        ((), "          "),
    ],
)
def test_strip(containers: tuple[Container, ...], expected: str) -> None:
    """Created, starting, ready, crashed, and gone when it was removed."""
    assert strip(row(*containers), AXIS, 10) == expected


def test_ascii() -> None:
    """For a terminal that has nothing else."""
    assert strip(row(LOOP), AXIS, 10, ASCII) == ".-x.-x...."
    assert ASCII.key.isascii()


@pytest.mark.parametrize("columns", [1, 5, 60])
def test_a_crash_is_seen_however_short_the_strip(columns: int) -> None:
    """It stands above everything that shares its column."""
    assert UNICODE.crash in strip(row(LOOP), AXIS, columns)
    assert len(strip(row(LOOP), AXIS, columns)) == columns


def test_a_completed_job_has_not_crashed() -> None:
    """An exit with code 0 is what it is there for."""
    job = Container("j", 0.0, (Life(1, 1.0, 2.0, exit_code=0, completed=True),))
    assert UNICODE.crash not in strip(row(job), AXIS, 10)


def test_scale() -> None:
    """Begin and end of the axis stand above the strip's ends."""
    assert scale(Axis(0.04, 26.73), 20) == "0.0 s         26.7 s"
