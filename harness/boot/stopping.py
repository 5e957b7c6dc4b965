"""Stopping a container, and noticing that it did not listen."""

from __future__ import annotations

from harness.clock import Clock
from harness.engine.protocol import Engine
from harness.health.follow import SIGKILLED


def stop(engine: Engine, clock: Clock, container: str, grace: float) -> tuple[str, float] | None:
    """Stop a container; return the signal that it ignored with the seconds until it was killed, else None."""
    began = clock.monotonic()
    engine.stop(container, grace=grace)
    took = clock.monotonic() - began
    if not 0 < grace <= took:
        return None
    ended = engine.inspect(container)
    return (ended.stop_signal, took) if ended.exit_code == SIGKILLED else None
