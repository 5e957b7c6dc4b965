"""Durations."""

from __future__ import annotations

import pytest

from harness.compose.units import nanoseconds, seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [("1m30s", 90), ("500ms", 0.5), ("1h0m0s", 3600), ("1.5s", 1.5), ("0s", 0), ("250us", 0.00025), ("10ns", 1e-8)],
)
def test_reads_go_durations(text: str, value: float) -> None:
    """All units that Go prints are read, single and joined."""
    assert seconds(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "5", "1m 30s", "3 weeks", "m"])
def test_refuses_what_is_no_duration(text: str) -> None:
    """Anything else is an error that shows the text."""
    with pytest.raises(ValueError, match="no duration"):
        seconds(text)


def test_nanoseconds_are_whole() -> None:
    """The Engine API takes integers; no rounding error of a float shows."""
    assert nanoseconds("1m30.1s") == 90_100_000_000
