"""The one driver of the health room: it feeds `fold` from the engine's events, from probes and from inspect.

Two kinds of threads only put things into the inbox: one that reads the event stream, and one a probe that asks it.
A third kind keeps the log of a life. Everything else happens in the thread that calls `wait` or `look`.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_exponential,
)

from harness.cancellation import Cancellation
from harness.clock import Clock
from harness.engine.model import Event
from harness.engine.protocol import Engine, EventStream
from harness.errors import EngineUnavailableError
from harness.health.fold import State
from harness.health.follow import Answered, Follower, Instance, Life
from harness.health.model import Policy
from harness.health.outside import CLOCK_JUMP, Interference, refuse_clock_jump, refuse_outage
from harness.health.probes import Command
from harness.journal import Journal

HEARTBEAT = 5.0
"""Seconds between two looks at everything, should an event have been lost: the daemon drops slow listeners."""
RECONNECT = 10.0
"""Seconds that a lost engine gets to answer again."""
MOST_LOSSES = 5
"""So often the event stream may break off within `RECONNECT` seconds."""
RECALL = 0.3
"""Seconds in which the engine has told all that it remembers: it does so at once (engine 20.10)."""
_SAME = 1e-6
"""Seconds to which the engine's nanoseconds are kept."""

Result = TypeVar("Result")


class _StreamLost:
    pass


class _Cancelled:
    pass


_Item = Event | Answered | Exception | _StreamLost | _Cancelled


class Watch:
    """Follows the containers of one stack from before their first start until `close`."""

    def __init__(
        self,
        engine: Engine,
        labels: Mapping[str, str],
        clock: Clock,
        journal: Journal,
        cancellation: Cancellation,
    ) -> None:
        self._engine = engine
        self._labels = labels
        self._clock = clock
        self._journal = journal
        # Engine time that does not jump with this machine's clock.
        offset = engine.info().clock_offset
        self._epoch = clock.wall() + offset - clock.monotonic()
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._pending: _Item | None = None
        self._followers: dict[str, Follower] = {}
        self._looked_at = self._began = self.now()
        self._last_event: float | None = None
        self._interference = Interference()
        self._losses: list[float] = []
        self._closing = False
        self._stream = self._subscribe(engine.events(labels))
        self._cancellation = cancellation
        cancellation.on_cancel(self._wake)

    def now(self) -> float:
        """Return the engine's time, seconds since the epoch."""
        return self._epoch + self._clock.monotonic()

    def follow(self, instance: Instance, container: str, policy: Policy, probes: Iterable[Command] = ()) -> None:
        """Judge a container from now on; called before its first start."""
        self._followers[container] = Follower(
            instance,
            container,
            policy,
            tuple(probes),
            engine=self._engine,
            journal=self._journal,
            now=self.now,
            tell=self._inbox.put,
        )

    def catch_up(self, container: str) -> None:
        """Take in what a container that has just been followed is doing already."""
        self._followers[container].reconcile()

    def forget(self, container: str) -> None:
        """Judge a container no more: it is about to be stopped or replaced on purpose."""
        follower = self._followers.pop(container, None)
        self._interference.forget(container)
        if follower:
            follower.stop_asking()

    def quieten(self, container: str) -> None:
        """Ask no more of a container whose verdict stands; what is known of it stays."""
        self._followers[container].stop_asking()

    def refused(self, container: str, error: str) -> None:
        """Take in that the engine could not start a container."""
        self._followers[container].refused(error)

    def states(self) -> dict[Instance, State]:
        """Return what is known of each container that is followed."""
        return {follower.instance: follower.state for follower in self._followers.values()}

    def lives(self, instance: Instance) -> tuple[Life, ...]:
        """Return the logs of the lives that ended, oldest first."""
        mine = (follower for follower in self._followers.values() if follower.instance == instance)
        return tuple(life for follower in mine for life in follower.lives)

    def look(self) -> dict[Instance, State]:
        """Take in what has arrived, without waiting, and return the states."""
        self._cancellation.check()
        self._journal.check()
        while (item := self._next()) is not None:
            self._take(item)
        if any(due <= self.now() for due in self._dues()):
            refuse_clock_jump(self._engine, self._clock, self.now())
        for follower in list(self._followers.values()):
            follower.tick()
        if self.now() - self._looked_at >= HEARTBEAT:
            self._reconcile()
        return self.states()

    def wait(self, decide: Callable[[Mapping[Instance, State]], Result | None]) -> Result:
        """Wait until `decide` returns something for the states, and return it.

        It is asked after every event and every moment at which time alone changes a state, so it has to decide
        once every state has a verdict. Raises `CancelledError`, and `EngineError` when nothing can be known of
        the stack any more: the engine is lost, took containers down with it or had its clock set, or somebody
        else stopped or paused a container.
        """
        retrying = Retrying(
            retry=retry_if_result(lambda result: result is None), wait=self._pause, sleep=self._sleep
        )
        result = retrying(lambda: decide(self.look()))
        if result is None:
            raise AssertionError("a wait without limit ended without a result")
        return result

    def close(self) -> None:
        """Stop all threads and give back the event stream; called once."""
        self._closing = True
        self._cancellation.forget(self._wake)
        self._stream.close()
        for follower in self._followers.values():
            follower.stop_asking()

    # Waiting: until the next item, the next moment at which time alone decides, or the heartbeat.

    def _pause(self, _: RetryCallState) -> float:
        return max(0.0, min([*self._dues(), self._looked_at + HEARTBEAT]) - self.now())

    def _dues(self) -> list[float]:
        return [due for follower in self._followers.values() if (due := follower.state.due) is not None]

    def _sleep(self, seconds: float) -> None:
        if self._pending is None:
            self._pending = self._next(seconds)

    def _next(self, seconds: float = 0.0) -> _Item | None:
        item, self._pending = self._pending, None
        if item is not None:
            return item
        try:
            return self._inbox.get(timeout=seconds) if seconds > 0 else self._inbox.get_nowait()
        except queue.Empty:
            return None

    def _wake(self) -> None:
        self._inbox.put(_Cancelled())

    def _take(self, item: _Item) -> None:
        match item:
            case _Cancelled():
                self._cancellation.check()
            case _StreamLost():
                if not self._closing:
                    self._resubscribe()
            case Exception():
                raise item
            case Answered(container, life, answer):
                if follower := self._followers.get(container):
                    if isinstance(answer, Exception):
                        raise answer
                    follower.answered(life, answer)
            case Event():
                self._happened(item)

    def _happened(self, event: Event) -> None:
        self._last_event = max(self._last_event or 0.0, event.at)
        if event.at > self.now() + CLOCK_JUMP:
            refuse_clock_jump(self._engine, self._clock, self.now())
        if follower := self._followers.get(event.container):
            self._interference.refuse(follower, event)
            follower.happened(event)

    # The event stream.

    def _subscribe(self, stream: EventStream) -> EventStream:
        threading.Thread(target=self._read, args=(stream,), name="engine events", daemon=True).start()
        return stream

    def _read(self, stream: EventStream) -> None:
        try:
            for event in stream:
                self._inbox.put(event)
        except Exception as error:  # noqa: BLE001 - it is raised where the verdict is waited for
            self._inbox.put(error)
        else:
            self._inbox.put(_StreamLost())

    def _resubscribe(self) -> None:
        self._journal.record("engine.lost")
        self._stream.close()
        self._count_loss()
        before = self._last_event
        retrying = Retrying(
            retry=retry_if_exception_type(EngineUnavailableError),
            wait=wait_exponential(multiplier=0.1, max=1.0),
            stop=stop_after_delay(RECONNECT),
            sleep=self._clock.sleep,
            reraise=True,
        )

        def subscribe() -> EventStream:
            self._cancellation.check()
            return self._engine.events(self._labels, since=self._last_event or self._began)

        self._stream = self._subscribe(retrying(subscribe))
        self._journal.record("engine.reconnected")
        if not self._recalls(before):
            refuse_outage(self._engine, list(self._followers.values()))
        self._reconcile()

    def _count_loss(self) -> None:
        now = self._clock.monotonic()
        self._losses = [*(loss for loss in self._losses if loss > now - RECONNECT), now]
        if len(self._losses) > MOST_LOSSES:
            raise EngineUnavailableError(
                f"the engine's event stream broke off {len(self._losses)} times in {RECONNECT:g} s",
                help="look at what stands between here and the engine: a proxy, a tunnel, an engine that restarts",
            )

    def _recalls(self, before: float | None) -> bool:
        """Take in what the engine remembers of the meantime, and say whether it remembers the last event before.

        An engine that was started anew remembers nothing.
        """
        is_known = before is None
        end = self.now() + RECALL
        while (item := self._next(end - self.now())) is not None:
            is_known = is_known or (isinstance(item, Event) and item.at <= (before or 0.0) + _SAME)
            self._take(item)
        return is_known

    def _reconcile(self) -> None:
        self._looked_at = self.now()
        if not self._followers:  # as while the first image is built or pulled
            refuse_clock_jump(self._engine, self._clock, self.now())
        for follower in list(self._followers.values()):
            follower.reconcile()
