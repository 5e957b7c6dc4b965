"""Durations and sizes as Compose writes them in its resolved model."""

from __future__ import annotations

import re

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d*)?)(ms|us|µs|ns|h|m|s)")


def seconds(duration: str) -> float:
    """Return the seconds of a Go duration such as `1m30s`; ValueError when it is none."""
    parts = _PART.findall(duration)
    if "".join(number + unit for number, unit in parts) != duration.strip() or not parts:
        raise ValueError(f"{duration!r} is no duration such as 1m30s")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def nanoseconds(duration: str) -> int:
    """Return a Go duration in the Engine API's unit."""
    return round(seconds(duration) * 1e9)
