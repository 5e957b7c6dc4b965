"""What happens to a run from outside: nothing is known about its stack any more, and that is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cancellation import Cancellation
from harness.clock import SystemClock
from harness.compose.model import RestartPolicy
from harness.engine.fake import FakeEngine, Life
from harness.errors import BootsmokeError, EngineError, EngineUnavailableError
from harness.health import Instance, Patience, Policy, State, Watch
from harness.journal import Journal
from harness.redact import Redactor

LABELS = {"dev.bootsmoke.run": "r1"}
SERVER = Instance("server")
POLICY = Policy(
    frozenset(),
    Patience(start_period=2, retries=0, interval=0, timeout=0, slack=0),
    RestartPolicy("always"),
    stability=0.4,
)


class Bench:
    """A watch over one container, with an engine that things can happen to."""

    def __init__(self, journal: Path) -> None:
        self.engine = FakeEngine(SystemClock())
        self.journal = Journal(journal, SystemClock(), Redactor())
        self.watch = Watch(self.engine, LABELS, SystemClock(), self.journal, Cancellation())

    def start(self, *lives: Life) -> str:
        """Start a server, and wait until it runs."""
        self.engine.script("image", lives or [Life()])
        body = {"Image": "image", "Labels": LABELS, "HostConfig": {"RestartPolicy": {"Name": "always"}}}
        container = self.engine.create_container("server", body)
        self.watch.follow(SERVER, container, POLICY)
        self.engine.start(container)
        self.watch.wait(lambda states: states[SERVER].life)
        return container

    def verdict(self) -> State:
        """Wait for the verdict."""

        def decide(states: Mapping[Instance, State]) -> State | None:
            return states[SERVER] if states[SERVER].verdict else None

        return self.watch.wait(decide)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a bench, and leave no thread behind."""
    made = Bench(tmp_path / "journal.jsonl")
    yield made
    made.watch.close()
    with made.journal:
        pass


def test_a_container_that_somebody_stops_has_not_crashed(bench: Bench) -> None:
    """The engine tells of the signal before the exit, whoever asked for it."""
    bench.engine.stop(bench.start(), grace=1)
    with pytest.raises(EngineError, match=r"server was stopped \(signal 15\) by somebody else"):
        bench.verdict()


def test_a_container_that_somebody_pauses_is_not_judged(bench: Bench) -> None:
    """It would be unhealthy without having done anything."""
    bench.engine.pause(bench.start())
    with pytest.raises(EngineError, match="server was paused by somebody else"):
        bench.verdict()


def test_a_signal_that_ends_nothing_is_nobodys_affair(bench: Bench) -> None:
    """As SIGHUP, by which a configuration is read again."""
    bench.engine.kill(bench.start(), signal="SIGHUP")
    assert bench.verdict().ready


def test_what_is_stopped_on_purpose_may_start_again(bench: Bench) -> None:
    """A step's own stop is not followed, and forgotten when it is followed anew."""
    container = bench.start()
    bench.watch.forget(container)
    bench.engine.stop(container, grace=1)
    bench.watch.look()
    bench.watch.follow(SERVER, container, POLICY)
    bench.engine.start(container)
    assert bench.verdict().ready


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_an_engine_whose_clock_was_set_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """Forwards a life would begin in the future, backwards its deadline would be over before it began."""
    bench.start()
    info = replace(bench.engine.info(), clock_offset=seconds)
    monkeypatch.setattr(bench.engine, "info", lambda: info)
    with pytest.raises(EngineError, match=rf"the engine.s clock jumped by \{seconds:+.0f}\.. s"):
        bench.verdict()


def test_an_engine_that_was_started_anew_took_the_container_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It remembers no event, not even the one that was told last, and its container has ended."""
    container = bench.start()
    forget_the_past(bench, monkeypatch)
    bench.engine.lose_events()
    bench.engine.kill(container)
    with pytest.raises(EngineError, match="the engine was started anew in mid-run, and server went down with it"):
        bench.verdict()


def test_a_container_that_outlives_its_engines_restart_is_judged_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With live-restore nothing has happened to it."""
    bench.start()
    forget_the_past(bench, monkeypatch)
    bench.engine.lose_events()
    assert bench.verdict().ready


def test_a_stream_that_breaks_off_again_and_again_is_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would never tell anything, and taking it up would go on for ever."""
    monkeypatch.setattr("harness.health.watch.RECALL", 0.01)
    events = bench.engine.events

    def broken(*arguments: object, **options: object) -> object:
        stream = events(*arguments, **options)  # type: ignore[arg-type]
        stream.end()
        return stream

    monkeypatch.setattr(bench.engine, "events", broken)
    bench.start()
    bench.engine.lose_events()
    with pytest.raises(EngineUnavailableError, match="broke off 6 times in 10 s"):
        bench.verdict()


def test_a_journal_that_cannot_be_written_ends_the_wait() -> None:
    """What cannot be told is not gone on with; the record itself stops nobody in the middle of something."""
    bench = Bench(Path("/dev/full"))
    bench.journal.record("lost")
    with pytest.raises(BootsmokeError, match="cannot write /dev/full: No space left on device"):
        bench.start()
    bench.watch.close()
    with bench.journal:
        pass


def forget_the_past(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine tell nothing of what was before."""
    events = bench.engine.events
    monkeypatch.setattr(bench.engine, "events", lambda labels, **_: events(labels))
