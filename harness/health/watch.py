"""The one driver of the health room: it feeds `fold` from the engine's events, from probes and from inspect.

Two kinds of threads only put things into the inbox: one that reads the event stream, and one a container that
asks the probes. Everything else happens in the thread that calls `wait` or `look`: an event is followed up with
inspect and, after an exit, with the log of that life; the result is folded; the journal gets a line.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
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
from harness.diagnose.crash_log import CrashSignature, classify
from harness.engine.model import ContainerState, Event, LogLine
from harness.engine.protocol import Engine, EventStream
from harness.errors import EngineError, EngineUnavailableError
from harness.health.fold import State, fold
from harness.health.model import (
    HEALTH,
    SAME_EXIT,
    TCP,
    Exited,
    Observation,
    Policy,
    Probed,
    Reconciled,
    Refused,
    Started,
    Ticked,
)
from harness.health.probes import Answer, Command, Prober
from harness.journal import Journal

HEARTBEAT = 5.0
"""Seconds between two looks at everything, should an event have been lost: the daemon drops slow listeners."""
RECONNECT = 10.0
"""Seconds that a lost engine gets to answer again."""
LOG_TAIL = 2000
"""Lines of a dying life that are read: a live follower falls behind in a flood, a tail does not (FACTS)."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Instance:
    """One container of a service."""

    service: str
    number: int = 1

    def __str__(self) -> str:
        return self.service if self.number == 1 else f"{self.service} {self.number}"


@dataclass(frozen=True, slots=True)
class Life:
    """The log of a life that ended, kept for the diagnosis."""

    began_at: float | None
    ended_at: float
    lines: tuple[LogLine, ...]


@dataclass
class _Followed:
    instance: Instance
    container: str
    state: State
    probes: tuple[Command, ...]
    probers: list[Prober] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    oom_pending: bool = False

    def stop_probing(self) -> None:
        for prober in self.probers:
            prober.stop()
        self.probers.clear()


@dataclass(frozen=True, slots=True)
class _Answered:
    container: str
    life: float
    answer: Answer | EngineError


class _StreamLost:
    pass


class _Cancelled:
    pass


_Item = Event | _Answered | _StreamLost | _Cancelled


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
        self._epoch = clock.wall() + engine.info().clock_offset - clock.monotonic()
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._pending: _Item | None = None
        self._followed: dict[str, _Followed] = {}
        self._looked_at = self.now()
        self._last_event = self.now()
        self._closing = False
        self._stream = self._subscribe(engine.events(labels))
        self._cancellation = cancellation
        cancellation.on_cancel(self._wake)

    def now(self) -> float:
        """Return the engine's time, seconds since the epoch."""
        return self._epoch + self._clock.monotonic()

    def follow(self, instance: Instance, container: str, policy: Policy, probes: Iterable[Command] = ()) -> None:
        """Judge a container from now on; called before its first start."""
        state = State(policy, watched_since=self.now())
        self._followed[container] = _Followed(instance, container, state, tuple(probes))

    def forget(self, container: str) -> None:
        """Judge a container no more: it is about to be stopped or replaced on purpose."""
        followed = self._followed.pop(container, None)
        if followed:
            followed.stop_probing()

    def quieten(self, container: str) -> None:
        """Ask no more probes of a container whose verdict stands; what is known of it stays."""
        self._followed[container].stop_probing()

    def refused(self, container: str, error: str) -> None:
        """Take in that the engine could not start a container."""
        self._fold(self._followed[container], Refused(error))

    def states(self) -> dict[Instance, State]:
        """Return what is known of each container that is followed."""
        return {followed.instance: followed.state for followed in self._followed.values()}

    def lives(self, instance: Instance) -> tuple[Life, ...]:
        """Return the logs of the lives that ended, oldest first."""
        return tuple(
            life for followed in self._followed.values() if followed.instance == instance for life in followed.lives
        )

    def look(self) -> dict[Instance, State]:
        """Take in what has arrived, without waiting, and return the states."""
        self._cancellation.check()
        while (item := self._next(0.0)) is not None:
            self._take(item)
        self._tick()
        return self.states()

    def wait(self, decide: Callable[[Mapping[Instance, State]], Result | None]) -> Result:
        """Wait until `decide` returns something for the states, and return it.

        It is asked after every event and every moment at which time alone changes a state, so it has to decide
        once every state has a verdict. Raises `EngineError` when the engine is lost for good.
        """
        retrying = Retrying(
            retry=retry_if_result(lambda result: result is None), wait=self._pause, sleep=self._sleep
        )
        result = retrying(lambda: decide(self.look()))
        if result is None:
            message = "a wait without limit ended without a result"
            raise AssertionError(message)
        return result

    def close(self) -> None:
        """Stop all threads and give back the event stream."""
        self._closing = True
        self._cancellation.forget(self._wake)
        self._stream.close()
        for followed in self._followed.values():
            followed.stop_probing()

    # Waiting: until the next item, the next moment at which time alone decides, or the heartbeat.

    def _pause(self, _: RetryCallState) -> float:
        dues = [due for followed in self._followed.values() if (due := followed.state.due) is not None]
        return max(0.0, min([*dues, self._looked_at + HEARTBEAT]) - self.now())

    def _sleep(self, seconds: float) -> None:
        if self._pending is None:
            self._pending = self._get(seconds)

    def _next(self, seconds: float) -> _Item | None:
        item, self._pending = self._pending, None
        return item or self._get(seconds)

    def _wake(self) -> None:
        self._inbox.put(_Cancelled())

    def _get(self, seconds: float) -> _Item | None:
        try:
            return self._inbox.get(timeout=seconds) if seconds > 0 else self._inbox.get_nowait()
        except queue.Empty:
            return None

    def _tick(self) -> None:
        for followed in list(self._followed.values()):
            if followed.state.due is not None and self.now() >= followed.state.due:
                # What the engine knows comes before what the time says.
                self._reconcile(followed)
                self._fold(followed, Ticked())
        if self.now() - self._looked_at >= HEARTBEAT:
            self._reconcile_all()

    # The event stream.

    def _subscribe(self, stream: EventStream) -> EventStream:
        threading.Thread(target=self._read, args=(stream,), name="engine events", daemon=True).start()
        return stream

    def _read(self, stream: EventStream) -> None:
        for event in stream:
            self._inbox.put(event)
        self._inbox.put(_StreamLost())

    def _resubscribe(self) -> None:
        self._journal.record("engine.lost")
        retrying = Retrying(
            retry=retry_if_exception_type(EngineUnavailableError),
            wait=wait_exponential(multiplier=0.1, max=1.0),
            stop=stop_after_delay(RECONNECT),
            sleep=self._clock.sleep,
            reraise=True,
        )
        self._stream = self._subscribe(retrying(lambda: self._engine.events(self._labels, since=self._last_event)))
        self._journal.record("engine.reconnected")
        self._reconcile_all()

    # From items to observations.

    def _take(self, item: _Item) -> None:
        match item:
            case _StreamLost():
                if not self._closing:
                    self._resubscribe()
            case _Cancelled():
                self._cancellation.check()
            case _Answered(container, life, answer):
                if isinstance(answer, EngineError):
                    raise answer
                if followed := self._followed.get(container):
                    self._answered(followed, life, answer)
            case Event():
                self._last_event = max(self._last_event, item.at)
                if followed := self._followed.get(item.container):
                    self._happened(followed, item)

    def _happened(self, followed: _Followed, event: Event) -> None:
        match event.action:
            case "start":
                self._fold(followed, Started(event.at))
            case "oom":
                followed.oom_pending = True
            case "die":
                self._died(followed, event)
            case "health_status":
                self._engine_probed(followed)
            case "stop" | "destroy":
                self._reconcile(followed)

    def _died(self, followed: _Followed, event: Event) -> None:
        # No inspect here: the engine answers it only after it has cleaned up, some 70 ms later.
        code = int(event.attributes["exitCode"])
        signature = self._signature(followed, event.at)
        self._fold(followed, Exited(event.at, code, signature, oom_killed=followed.oom_pending))
        followed.oom_pending = False

    def _signature(self, followed: _Followed, ended_at: float) -> CrashSignature:
        """Read the log of the life that ended, keep it, and say what it died of."""
        life = next((life for life in followed.lives if abs(life.ended_at - ended_at) < SAME_EXIT), None)
        if life is None:
            previous = followed.lives[-1].ended_at if followed.lives else None
            lines = self._engine.logs(followed.container, since=previous, until=ended_at, tail=LOG_TAIL)
            life = Life(followed.state.life, ended_at, tuple(lines))
            followed.lives.append(life)
        return classify([line.text for line in life.lines])

    def _engine_probed(self, followed: _Followed) -> None:
        """Take over what the engine's own healthcheck says of the present life."""
        container = self._engine.inspect(followed.container)
        life = followed.state.life
        # The engine calls a container unhealthy at every exit: only a probe of this very life counts (FACTS).
        probes = [p for p in container.probes if p.began_at >= (container.started_at or 0.0)]
        if life is None or container.status != "running" or not probes:
            return
        if container.health in ("healthy", "unhealthy"):
            is_healthy = container.health == "healthy"
            probed = Probed(HEALTH, is_healthy, life, probes[-1].output, final=not is_healthy)
            self._fold(followed, probed)

    def _answered(self, followed: _Followed, life: float, answer: Answer) -> None:
        if answer.impossible and answer.name == TCP:
            self._journal.record(
                "warning",
                service=str(followed.instance),
                text=f"{followed.instance}: cannot ask Postgres over TCP, pg_isready is not in the image;"
                " readiness rests on the healthcheck alone",
            )
            policy = followed.state.policy
            without = replace(policy, requires=policy.requires - {TCP})
            followed.state = replace(followed.state, policy=without)
        self._fold(followed, Probed(answer.name, answer.passed, life, answer.output))

    def _reconcile_all(self) -> None:
        self._looked_at = self.now()
        for followed in list(self._followed.values()):
            self._reconcile(followed)

    def _reconcile(self, followed: _Followed) -> None:
        container = self._engine.inspect(followed.container)
        self._fold(followed, self._observation(followed, container))

    def _observation(self, followed: _Followed, container: ContainerState) -> Reconciled:
        is_new_exit = (
            not container.is_running
            and container.finished_at is not None
            and not any(exit_.is_at(container.finished_at) for exit_ in followed.state.exits)
        )
        signature = None
        if is_new_exit and container.finished_at is not None:
            signature = self._signature(followed, container.finished_at)
        return Reconciled(
            running=container.is_running,
            restarting=container.status == "restarting",
            started_at=container.started_at,
            finished_at=container.finished_at,
            exit_code=container.exit_code,
            restart_count=container.restart_count,
            oom_killed=container.oom_killed,
            signature=signature,
        )

    # Judging, and telling what was judged.

    def _fold(self, followed: _Followed, observation: Observation) -> None:
        before = followed.state
        after = fold(before, observation, self.now())
        followed.state = after
        if after.life != before.life:
            followed.stop_probing()
            if after.life is not None and after.failure is None:
                self._start_probing(followed, after.life)
        self._tell(followed.instance, before, after)

    def _start_probing(self, followed: _Followed, life: float) -> None:
        def tell(answer: Answer | EngineError) -> None:
            self._inbox.put(_Answered(followed.container, life, answer))

        followed.probers = [Prober(self._engine, followed.container, probe, tell) for probe in followed.probes]

    def _tell(self, instance: Instance, before: State, after: State) -> None:
        def tell(kind: str, **data: object) -> None:
            self._journal.record(kind, service=instance.service, number=instance.number, **data)

        if after.life is not None and after.life != before.life:
            tell("life.started", started=after.life)
        for exit_ in after.exits[len(before.exits) :]:
            said = exit_.signature.message if exit_.signature else ""
            tell(
                "life.exited",
                code=exit_.exit_code,
                finished=exit_.at,
                oom=exit_.oom_killed,
                said=said,
            )
        if after.passed > before.passed:
            tell("probe.passed", probes=sorted(after.passed - before.passed))
        if after.last_output and after.last_output != before.last_output:
            tell("probe.failed", output=after.last_output)
        if after.ready and not before.ready:
            tell("service.ready", exits=len(after.exits), completed=after.completed_at is not None)
        if after.stable and not before.stable:
            tell("service.stable", seconds=after.policy.stability)
        if after.failure and not before.failure:
            tell("service.failed", verdict=after.failure.value, reason=after.reason)
