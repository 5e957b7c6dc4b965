"""The driver, on the scripted engine in real time: events, probes, lost streams, cancellation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cancellation import Cancellation
from harness.clock import SystemClock
from harness.compose.model import RestartPolicy
from harness.engine.fake import FakeEngine, FakeEvents, Life
from harness.engine.model import ContainerState, Event, ExecResult, HealthCheck
from harness.errors import CancelledError, EngineError
from harness.health import HEALTH, TCP, Command, Instance, Patience, Policy, State, Watch
from harness.health.follow import Follower
from harness.journal import Journal, read
from harness.outcome import Verdict
from harness.redact import Redactor

LABELS = {"test": "watch"}
SERVER = Instance("server")
CHECK = Command(HEALTH, ("check",), timeout=1.0)
POLICY = Policy(
    frozenset({HEALTH}),
    Patience(start_period=2, retries=0, interval=0, timeout=0, slack=0),
    RestartPolicy("always"),
    stability=0.3,
)


class Bench:
    """A watch over one container of a scripted engine."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine(SystemClock())
        self.cancellation = Cancellation()
        self.path = folder / "journal.jsonl"
        self.journal = Journal(self.path, SystemClock(), Redactor())
        self.watch = Watch(self.engine, LABELS, SystemClock(), self.journal, self.cancellation)

    def start(self, *lives: Life, policy: Policy = POLICY, healthy_after: float = 0.0) -> str:
        """Start a server that lives `lives`, and whose healthcheck passes so many seconds after each start."""
        self.engine.script("image", lives)
        self.engine.answer("image", CHECK.command, lambda age: ExecResult(int(age < healthy_after), "not yet"))
        body = {"Image": "image", "Labels": LABELS, "HostConfig": {"RestartPolicy": {"Name": "always"}}}
        container = self.engine.create_container("server", body)
        self.watch.follow(SERVER, container, policy, [CHECK])
        self.engine.start(container)
        return container

    def wait_for(self, enough: Callable[[State], bool]) -> State:
        """Wait until the server is so."""

        def decide(states: Mapping[Instance, State]) -> State | None:
            return states[SERVER] if enough(states[SERVER]) else None

        return self.watch.wait(decide)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a bench, and leave no thread behind."""
    made = Bench(tmp_path)
    yield made
    made.watch.close()
    with made.journal:
        pass


def test_a_server_becomes_ready_as_soon_as_its_own_check_passes(bench: Bench) -> None:
    """The healthcheck is asked at a fine pace, so an interval of half a minute costs nothing."""
    bench.start(Life(), healthy_after=0.1)
    began = time.monotonic()
    assert bench.wait_for(lambda state: state.ready).ready_at is not None
    assert time.monotonic() - began < 1.0


def test_green_comes_after_the_stability_window(bench: Bench) -> None:
    """The window is waited for without a look in between."""
    bench.start(Life())
    ready = bench.wait_for(lambda state: state.ready).ready_at
    assert ready is not None
    assert bench.wait_for(lambda state: state.verdict is not None).verdict is Verdict.READY
    assert bench.watch.now() - ready >= 0.3


def test_a_fatal_crash_is_judged_at_its_first_exit_with_the_log_of_that_life(bench: Bench) -> None:
    """What the life wrote is kept for the diagnosis."""
    log = [(0.05, 'ERROR: relation "users" already exists (SQLSTATE 42P07)')]
    bench.start(Life(seconds=0.1, exit_code=1, log=log), healthy_after=9)
    state = bench.wait_for(lambda state: state.failure is not None)
    assert (state.failure, state.crashes) == (Verdict.FAILED, 1)
    assert [line.text for life in bench.watch.lives(SERVER) for line in life.lines] == [log[0][1]]


@pytest.mark.parametrize(
    ("last", "questions"),
    [
        ('ERROR: relation "users" already exists (SQLSTATE 42P07)', 0),
        ("DETAIL: it was made by an earlier boot", 0),
        ("giving up, and not for that reason", 1),
    ],
)
def test_the_engine_is_asked_for_a_log_again_unless_its_last_words_are_hopeless(
    bench: Bench, last: str, questions: int
) -> None:
    """A last line without a newline may be missing from what was followed; Postgres's own fields change nothing."""
    log = [(0.02, 'ERROR: relation "users" already exists (SQLSTATE 42P07)'), (0.05, last)]
    bench.start(Life(seconds=0.2, exit_code=1, log=log), healthy_after=9)
    bench.wait_for(lambda state: state.failure is not None)
    assert len([call for call in bench.engine.calls if call[0] == "logs"]) == questions


def test_a_crash_that_recovers_is_ready_in_its_second_life(bench: Bench) -> None:
    """A refused connection spends crash budget and no more."""
    refused = Life(seconds=0.1, exit_code=1, log=[(0.05, "dial tcp: connect: connection refused")])
    bench.start(refused, Life(), healthy_after=0.2)
    state = bench.wait_for(lambda state: state.ready)
    assert (state.crashes, state.failure) == (1, None)


def test_events_that_were_lost_are_made_up_for_by_the_restart_count(bench: Bench) -> None:
    """A stream that ends by itself is subscribed to again, and everything is inspected."""
    bench.start(Life(seconds=0.2, exit_code=1), Life(), healthy_after=0.4)
    bench.engine.lose_events()
    state = bench.wait_for(lambda state: state.ready)
    assert state.crashes == 1
    kinds = [record.kind for record in read(bench.path)]
    assert kinds.index("engine.lost") < kinds.index("engine.reconnected")


def test_a_life_is_kept_once_although_the_engine_told_of_its_end_late(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FinishedAt may lie before the event by what the engine needed to clean up: the log stays that of the life."""
    inspect = bench.engine.inspect

    def earlier(container: str) -> ContainerState:
        state = inspect(container)
        return replace(state, finished_at=state.finished_at and state.finished_at - 0.08)

    monkeypatch.setattr(bench.engine, "inspect", earlier)
    monkeypatch.setattr("harness.health.watch.HEARTBEAT", 0.02)
    crash = Life(seconds=0.2, exit_code=1, log=[(0.1, "panic: index out of range")])
    bench.start(crash, crash, Life(), healthy_after=9)
    bench.wait_for(lambda state: state.failure is not None)
    assert [[line.text for line in life.lines] for life in bench.watch.lives(SERVER)] == [[crash.log[0][1]]] * 2


def test_a_container_that_is_forgotten_is_not_judged(bench: Bench) -> None:
    """What is stopped on purpose has not crashed."""
    container = bench.start(Life())
    bench.wait_for(lambda state: state.ready)
    bench.watch.forget(container)
    bench.engine.stop(container, grace=0)
    assert bench.watch.look() == {}


def test_the_engines_own_healthcheck_is_enough_when_it_is_left_as_written(bench: Bench) -> None:
    """Without a probe of ours the health event of the present life makes it ready."""
    bench.engine.script("image", [Life(health=[(0.1, "healthy")])])
    container = bench.engine.create_container("server", {"Image": "image", "Labels": LABELS})
    bench.watch.follow(SERVER, container, POLICY, [])
    bench.engine.start(container)
    assert bench.wait_for(lambda state: state.ready or state.failure is not None).ready


def test_unhealthy_by_the_engines_count_ends_the_wait(bench: Bench) -> None:
    """The patience of the healthcheck is used up in the engine's own counting."""
    bench.engine.script("image", [Life(health=[(0.1, "unhealthy")])])
    container = bench.engine.create_container("server", {"Image": "image", "Labels": LABELS})
    bench.watch.follow(SERVER, container, POLICY, [])
    bench.engine.start(container)
    assert bench.wait_for(lambda state: state.failure is not None).failure is Verdict.UNHEALTHY


def test_a_health_event_that_was_lost_is_made_up_for_by_a_look(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon drops events of a listener that was slow: a healthy server is no time-out."""
    monkeypatch.setattr("harness.health.watch.HEARTBEAT", 0.2)
    bench.engine.script("image", [Life(health=[(0.1, "healthy")])])
    container = bench.engine.create_container("server", {"Image": "image", "Labels": LABELS})
    bench.watch.follow(SERVER, container, POLICY, [])
    bench.engine.start(container)
    happened = Follower.happened

    def deaf(follower: Follower, event: Event) -> None:
        if event.action != "health_status":
            happened(follower, event)

    monkeypatch.setattr(Follower, "happened", deaf)
    assert bench.wait_for(lambda state: state.ready or state.failure is not None).ready


def test_a_reader_that_breaks_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that cannot be read is a bug in the harness: it is raised where the verdict is waited for."""

    class Broken:
        def __iter__(self) -> Iterator[Event]:
            raise KeyError("Actor")

        def close(self) -> None:
            """Have nothing to close."""

    monkeypatch.setattr(bench.engine, "events", lambda *_, **__: Broken())
    bench.engine.lose_events()
    bench.start(Life(), healthy_after=99)
    with pytest.raises(KeyError, match="Actor"):
        bench.wait_for(lambda state: state.verdict is not None)


def test_a_lost_stream_is_given_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection is not left open."""
    closed, close = list[FakeEvents](), FakeEvents.close

    def closing(stream: FakeEvents) -> None:
        closed.append(stream)
        close(stream)

    monkeypatch.setattr(FakeEvents, "close", closing)
    bench.engine.lose_events()
    bench.start(Life(), healthy_after=0.1)
    bench.wait_for(lambda state: state.ready)
    assert len(closed) == 1


def test_a_probe_of_a_container_that_is_forgotten_says_nothing_any_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was cut off when the container was stopped on purpose: that is no failure of the engine."""
    asked = threading.Event()

    def cut_off(*_: object, **__: object) -> ExecResult:
        asked.set()
        time.sleep(0.1)
        raise EngineError("cannot run check in container server: the container is gone")

    monkeypatch.setattr(bench.engine, "exec", cut_off)
    container = bench.start(Life())
    while not asked.wait(0.01):
        bench.watch.look()
    bench.watch.forget(container)
    time.sleep(0.2)
    assert bench.watch.look() == {}


def test_a_probe_that_breaks_is_told_and_does_not_pass_for_a_server_without_answer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in the harness says nothing about the stack: it is raised where the verdict is waited for."""

    def broken(*_: object, **__: object) -> ExecResult:
        raise TypeError("a bug")

    monkeypatch.setattr(bench.engine, "exec", broken)
    bench.start(Life())
    with pytest.raises(TypeError, match="a bug"):
        bench.wait_for(lambda state: state.ready or state.failure is not None)


def test_a_command_that_is_not_there_yet_is_asked_for_again(bench: Bench) -> None:
    """A healthcheck's script may be written by the server itself: 127 is a no like any other."""
    check = Command.healthcheck(HEALTH, HealthCheck(("CMD-SHELL", "check")))
    bench.engine.script("image", [Life()])
    bench.engine.answer(
        "image", check.command, lambda age: ExecResult(127 if age < 0.2 else 0, "sh: check: not found")
    )
    container = bench.engine.create_container("server", {"Image": "image", "Labels": LABELS})
    bench.watch.follow(SERVER, container, POLICY, [check])
    bench.engine.start(container)
    assert bench.wait_for(lambda state: state.ready or state.failure is not None).ready


def test_a_probe_that_a_crash_cuts_off_does_not_pass_for_a_missing_command() -> None:
    """Engine 20.10 answers 126 to a command that it could not start, whatever the reason."""
    tcp = Command(TCP, ("pg_isready",), timeout=1.0)
    cut_off = ExecResult(126, "OCI runtime exec failed: cannot exec in a stopped container: unknown")
    missing = ExecResult(126, 'OCI runtime exec failed: exec: "pg_isready": executable file not found in $PATH')
    assert not tcp.read(cut_off).impossible
    assert tcp.read(missing).impossible


def test_a_wait_ends_at_once_when_the_run_is_cancelled(bench: Bench) -> None:
    """It is woken, not found out at the next heartbeat."""
    bench.start(
        Life(), policy=replace(POLICY, patience=replace(POLICY.patience, start_period=60)), healthy_after=99
    )
    threading.Timer(0.1, bench.cancellation.cancel).start()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        bench.wait_for(lambda state: state.ready)
    assert time.monotonic() - began < 1.0
