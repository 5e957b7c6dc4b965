"""A healthcheck that gave up, asked on for a while: a server that is nearly ready needs time, not a mechanic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.diagnose.health import is_missing
from harness.errors import ConflictError, NotFoundError
from harness.health import HEALTH, Command

if TYPE_CHECKING:
    from harness.boot.model import Failure
    from harness.boot.stack import Stack
    from harness.engine.model import ContainerState

LONGEST = 10.0
"""Seconds after which nobody asks any more; half as long as it had is enough."""
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds from the start of a life to the end of waiting, and to the healthcheck that passed after that."""

    gave_up_after: float | None = None
    passed_after: float | None = None


def linger(stack: Stack, failure: Failure) -> Patience:
    """Ask the healthcheck of a container that runs and was not ready in time; raises `CancelledError`."""
    began = failure.state.life
    seen = stack.engine.inspect(failure.container)
    if began is None or seen.healthcheck is None:
        return Patience()
    gave_up = _gave_up(seen, stack.watch.now()) - began
    if is_missing(failure.state.last_output):
        return Patience(gave_up)
    until = stack.watch.now() + min(LONGEST, gave_up / 2)
    probe = Command.healthcheck(HEALTH, seen.healthcheck)
    while (left := until - stack.watch.now()) > 0:
        stack.watch.look()
        if _passes(stack, failure, replace(probe, timeout=min(probe.timeout, left))):
            return Patience(gave_up, stack.watch.now() - began)
        stack.clock.sleep(_PAUSE)
    return Patience(gave_up)


def _gave_up(seen: ContainerState, now: float) -> float:
    """Return the end of the engine's last probe where that made it unhealthy, else the end of our own deadline."""
    return seen.probes[-1].ended_at if seen.health == "unhealthy" and seen.probes else now


def _passes(stack: Stack, failure: Failure, probe: Command) -> bool:
    try:
        return probe.ask(stack.engine, failure.container).passed
    except (ConflictError, NotFoundError):  # it has ended meanwhile
        return False
