"""What happens to a run from outside, after which nothing can be known about its stack.

Each function raises `EngineError` with what happened and what to do: the run is inconclusive, because a container
that somebody stopped, or that went down with its engine, has not crashed.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.clock import Clock
from harness.engine.model import ContainerState, Event
from harness.engine.protocol import Engine
from harness.errors import EngineError
from harness.health.fold import State
from harness.health.follow import Follower

CLOCK_JUMP = 2.0
"""Seconds by which the engine's clock may get ahead or behind in one run."""


class Interference:
    """Notices that somebody else stops or pauses a container: what is done on purpose here is not followed.

    A process that ends by itself, or is killed by the kernel or from the host, has a `die` without a `kill`; a stop
    by anybody who asks the engine, and the engine's own shutdown, has a `kill` before it.
    """

    def __init__(self) -> None:
        self._killed: dict[str, str] = {}

    def refuse(self, follower: Follower, event: Event) -> None:
        """Take in an event of a container that is followed."""
        if follower.state.failure is not None or event.at < follower.state.watched_since:
            return
        match event.action:
            case "kill":
                self._killed[event.container] = event.attributes.get("signal", "")
            case "pause":
                raise _interfered(follower, "paused")
            case "die" if event.container in self._killed:
                raise _interfered(follower, f"stopped (signal {self._killed[event.container]})")

    def forget(self, container: str) -> None:
        """Begin anew with a container."""
        self._killed.pop(container, None)


def _interfered(follower: Follower, done: str) -> EngineError:
    return EngineError(
        f"{follower.instance} was {done} by somebody else, or by the engine's shutdown: nothing is known about the "
        "stack",
        help="leave the containers of a run alone while it lasts, and run again",
    )


def refuse_clock_jump(engine: Engine, clock: Clock, now: float) -> None:
    """Compare the engine's clock with `now`, its time by a clock that does not jump.

    One that was set makes a life end before it began, or begin in the future: no deadline would hold.
    """
    jump = clock.wall() + engine.info().clock_offset - now
    if abs(jump) > CLOCK_JUMP:
        raise EngineError(
            f"the engine's clock jumped by {jump:+.1f} s: times from before and after cannot be compared",
            help="let the clock of the engine's machine be adjusted slowly (NTP), and run again",
        )


def refuse_outage(engine: Engine, followers: Iterable[Follower]) -> None:
    """Look at what an engine that was started anew has taken down with it; with live-restore that is nothing."""
    for follower in followers:
        if _has_ended(follower.state, engine.inspect(follower.container)):
            raise EngineError(
                f"the engine was started anew in mid-run, and {follower.instance} went down with it: nothing is "
                "known about the stack",
                help="see why the engine went away (journalctl -u docker), and run again",
            )


def _has_ended(state: State, seen: ContainerState) -> bool:
    if state.failure is not None or state.completed_at is not None or seen.started_at is None:
        return False
    return not seen.is_running or (state.life is not None and seen.started_at > state.life)
