"""What could be better in a stack although nothing failed, from what was measured while it booted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.health import HEALTH

if TYPE_CHECKING:
    from harness.boot.stack import Stack
    from harness.engine.model import ContainerState, HealthCheck
    from harness.health import Instance, State

WORTH = 5.0
"""Seconds: less is nobody's worry."""
_START_INTERVAL_API = (1, 44)


@dataclass(frozen=True, slots=True)
class Advice:
    """One line for the reader; `code` is explained in full."""

    code: str
    service: str
    text: str


def advice(stack: Stack, seen: Mapping[Instance, ContainerState]) -> Iterator[Advice]:
    """Yield what a stack is told at its end, each thing once a service; `seen` is what inspect says of it."""
    told = set()
    states = stack.watch.states()
    for instance, container in seen.items():
        one = (
            None
            if instance.service in told
            else _interval(stack, states.get(instance), container, instance.service)
        )
        if one:
            told.add(instance.service)
            yield one
    for service, (signal, seconds) in stack.slow_stops.items():
        if seconds >= WORTH:
            text = f"{service} ignores {signal}: {seconds:.1f} s lost at every recreate (BOOT502)"
            yield Advice("BOOT502", service, text)


def _interval(stack: Stack, state: State | None, container: ContainerState, service: str) -> Advice | None:
    """Compare the time at which our own probe passed with the one at which the engine's first one would."""
    check = container.healthcheck
    if state is None or state.ready_at is None or state.life is None or stack.settings.probe_as_written:
        return None
    was_seen_to_start = state.watched_since < state.life + 1.0
    if check is None or HEALTH not in state.policy.requires or not was_seen_to_start:
        return None
    ready = state.ready_at - state.life
    major, _, minor = stack.engine.info().api_version.partition(".")
    reported = reported_at(check, ready, starts_finely=(int(major), int(minor or 0)) >= _START_INTERVAL_API)
    if reported - ready < WORTH:
        return None
    cost = f"its healthcheck's interval costs {reported - ready:.0f} s at every boot"
    return Advice(
        "BOOT501", service, f"{service}: ready at {ready:.1f} s, reported at {reported:.0f} s: {cost} (BOOT501)"
    )


def reported_at(check: HealthCheck, ready: float, *, starts_finely: bool) -> float:
    """Return the seconds after its start at which the engine's own pace finds a server ready, at the earliest.

    Each probe is begun one interval after the last has ended (moby, daemon/health.go); that they take time
    themselves is left out. `starts_finely` says that the engine asks at the start interval within the start period.
    """
    at = 0.0
    while at < ready or at == 0.0:
        at += check.start_interval if starts_finely and at < check.start_period else check.interval
    return at
