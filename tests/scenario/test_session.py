"""One scenario from its first step to its cleaning up, on the scripted engine in real time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.boot import Settings
from harness.cancellation import Cancellation
from harness.clock import SystemClock
from harness.compose.model import Project, RestartPolicy, Service
from harness.engine.fake import FakeEngine, Life
from harness.engine.labels import RUN, run_labels
from harness.engine.model import ExecResult, ImageState, LogLine
from harness.errors import ConflictError, EngineError, EngineUnavailableError, Place
from harness.journal import Journal, Record, read
from harness.outcome import Outcome, Verdict
from harness.redact import Redactor
from harness.scenario.http import Answer
from harness.scenario.model import (
    Action,
    Boot,
    BootExpectation,
    ComposeSource,
    Eventually,
    Exec,
    Hold,
    Http,
    Logs,
    Operate,
    Recreate,
    Scenario,
    Sql,
    Step,
    Until,
)
from harness.scenario.prepare import Prepared
from harness.scenario.session import Session, Surroundings

HERE = Place("scenario.yaml", 1, 1)
COLD = Boot(HERE)
WARM = Recreate(HERE, services=("server",))
SERVER = Service("server", "server:1", {"restart": "always"}, "h", restart=RestartPolicy("always"))


class Bench:
    """A scenario of one server on a scripted engine."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine(SystemClock())
        self.engine.script("server:1", [Life()])
        self.path = folder / "journal.jsonl"
        self.folder = folder
        self.cancellation = Cancellation()
        self.journal = Journal(self.path, SystemClock(), Redactor())

    def run(self, *steps: Step, server: Service = SERVER, keep: str = "never") -> Outcome:
        """Carry the steps out."""
        project = Project("shop", (), self.folder, {"server": server}, {}, {"data": {}}, {}, {})
        scenario = Scenario("smoke", ComposeSource(self.folder), steps, place=HERE)
        around = Surroundings(
            engine=self.engine,
            clock=SystemClock(),
            journal=self.journal.scoped(scenario="smoke"),
            labels=run_labels("r1", "smoke", 2e9),
            folder=self.folder,
            settings=Settings(stability=0.1),
            cancellation=self.cancellation,
            build=lambda *_: None,
            keep=keep,
        )
        return Session(Prepared(scenario, project, None, frozenset(), ()), around, "bootsmoke-r1-1").run()

    def left(self) -> list[str]:
        """Return the names of what is still there."""
        return [found.name for found in self.engine.list_resources({RUN: "r1"})]

    def finished(self) -> Record:
        """Return the record that ends the scenario."""
        return next(record for record in read(self.path) if record.kind == "scenario.finished")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a bench, and close its journal."""
    made = Bench(tmp_path)
    with made.journal:
        yield made


def test_a_scenario_that_passes_leaves_nothing_behind(bench: Bench) -> None:
    """Containers and volumes are gone when the outcome is told."""
    assert bench.run(COLD, WARM) is Outcome.PASSED
    assert bench.left() == []


def test_logs_that_cannot_be_saved_keep_nothing_from_being_removed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log is worth less than a clean engine; that it is missing is said."""

    def refuse(*_: object, **__: object) -> list[LogLine]:
        raise EngineError("the log driver cannot read")

    monkeypatch.setattr(bench.engine, "logs", refuse)
    monkeypatch.setattr(bench.engine, "start", refuse)
    assert bench.run(COLD) is Outcome.FAILED
    assert bench.left() == []
    warnings = [record.data["text"] for record in read(bench.path) if record.kind == "warning"]
    assert any("logs" in text and "the log driver cannot read" in text for text in warnings)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), RuntimeError("a bug")])
def test_an_error_that_nobody_expected_is_raised_when_everything_is_removed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """It is a bug, and told as one; containers that go on running would be a second one."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(bench.engine, "start", fail)
    with pytest.raises(type(error)):
        bench.run(COLD)
    assert bench.left() == []


def test_a_second_cold_boot_that_cannot_begin_is_cleaned_up_after(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is lost between two cold boots: that is told, and nothing else goes wrong."""
    events, calls = bench.engine.events, iter([True, False])

    def once(*args: object, **options: object) -> object:
        if next(calls):
            return events(*args, **options)  # type: ignore[arg-type]
        raise EngineUnavailableError("no container engine answers")

    monkeypatch.setattr(bench.engine, "events", once)
    assert bench.run(COLD, COLD) is Outcome.INCONCLUSIVE
    assert bench.left() == []


def test_a_cold_boot_does_not_begin_on_what_could_not_be_wiped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A volume that stays would make the boot a warm one, and its green a false one."""

    def refuse(volume: str) -> None:
        raise ConflictError(f"cannot remove volume {volume}: in use")

    monkeypatch.setattr(bench.engine, "remove_volume", refuse)
    monkeypatch.setattr("harness.scenario.session.REMOVAL_DEADLINE", 0.1)
    assert bench.run(COLD, COLD) is Outcome.INCONCLUSIVE
    assert "could not be wiped" in bench.finished().data["message"]


def test_a_scenario_that_never_made_anything_keeps_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to look at, so no mark of it is left on the engine."""

    def refuse(*_: object, **__: object) -> None:
        raise EngineUnavailableError("no container engine answers")

    monkeypatch.setattr(bench.engine, "events", refuse)
    assert bench.run(COLD, keep="failure") is Outcome.INCONCLUSIVE
    assert bench.left() == []


def test_a_crash_just_before_the_warm_boot_is_not_forgotten(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The container is about to be replaced, and has failed of itself: that counts."""
    bench.engine.script("server:1", [Life(seconds=0.4, exit_code=1)], [Life()])
    image, asked = bench.engine.image, list[str]()

    def slow(reference: str) -> ImageState:
        asked.append(reference)
        if len(asked) == 4:  # the cold boot asks three times: this is the warm one
            bench.engine.advance(0.5)
        return image(reference)

    monkeypatch.setattr(bench.engine, "image", slow)
    assert bench.run(COLD, WARM, server=replace(SERVER, restart=RestartPolicy())) is Outcome.FAILED


def test_a_request_to_a_server_that_has_crashed_tells_the_crash(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only that nobody answers: the crash has a cause."""

    def in_vain(*_: object) -> Answer:
        bench.engine.advance(0.4)
        return Answer(request, 0, b"", "GET /: no answer")

    monkeypatch.setattr("harness.scenario.checks.send", in_vain)
    bench.engine.script("server:1", [Life(seconds=0.3, exit_code=1, log=[(0.2, "panic: no more threads")])])
    request = Http(HERE, "GET", "/", "server")
    assert bench.run(COLD, request, server=replace(SERVER, restart=RestartPolicy())) is Outcome.FAILED
    assert bench.finished().data["message"] == "server was ready, and then: failed"


def test_an_expected_crash_does_not_end_the_next_boot(bench: Bench) -> None:
    """A scenario may break a server and then mend it by a force-recreate."""
    crash = Life(seconds=0.05, exit_code=1, log=[(0.0, "panic: index out of range")])
    bench.engine.script("server:1", [crash], [Life()])
    expected = BootExpectation(verdict=Verdict.CRASHLOOP)
    assert bench.run(Boot(HERE, expect=expected), WARM) is Outcome.PASSED


def test_a_service_is_operated_by_hand(bench: Bench) -> None:
    """What is stopped, killed or paused on purpose is no failure, and is ready again when it goes on."""
    steps = [
        Operate(HERE, Action(word), "server") for word in ("stop", "start", "kill", "start", "pause", "unpause")
    ]
    assert bench.run(COLD, *steps, Operate(HERE, Action.RESTART, "server")) is Outcome.PASSED


def test_a_service_that_does_not_come_up_again_by_hand_fails(bench: Bench) -> None:
    """A start by hand is waited for as a boot is."""
    crash = Life(seconds=0.05, exit_code=1, log=[(0.0, "panic: index out of range")])
    bench.engine.script("server:1", [Life(), crash])
    assert bench.run(COLD, Operate(HERE, Action.RESTART, "server")) is Outcome.FAILED


def test_replicas_boot_together_and_their_number_is_of_one_boot(bench: Bench) -> None:
    """A boot without a scale has as many containers as the compose file says."""
    assert bench.run(Boot(HERE, {"server": 3}), WARM) is Outcome.PASSED
    starts = [record.data["number"] for record in read(bench.path) if record.kind == "container.start"]
    assert starts == [1, 2, 3, 1]


LOSES = Life(
    seconds=0.05,
    exit_code=1,
    log=[(0.0, 'ERROR migration 1.sql failed: relation "a" already exists (SQLSTATE 42P07)')],
)


def test_a_replica_that_fails_and_comes_up_alone_has_lost_a_race(bench: Bench) -> None:
    """The same log of a server that boots alone is a broken migration."""
    bench.engine.script("server:1", [Life()], [LOSES, Life()])
    race = BootExpectation(verdict=Verdict.RACE, service="server", sqlstate="42P07")
    assert bench.run(Boot(HERE, {"server": 2}, expect=race)) is Outcome.PASSED


def test_a_replica_that_fails_again_alone_is_broken(bench: Bench) -> None:
    """A race is claimed only of what comes up without it."""
    bench.engine.script("server:1", [Life()], [LOSES])
    race = BootExpectation(verdict=Verdict.RACE)
    assert bench.run(Boot(HERE, {"server": 2}, expect=race)) is Outcome.FAILED
    assert bench.finished().data["message"] == "cold boot: expected race, got failed"


def test_a_boot_that_is_not_waited_for_ends_with_its_start(bench: Bench) -> None:
    """Later steps see what becomes of it."""
    slow = Life(log=[(0.3, "listening")])
    bench.engine.script("server:1", [slow])
    listens = Eventually(HERE, Logs(HERE, "server", ("listening",)), 3.0)
    at_once = Logs(HERE, "server", lacks=("listening",))
    assert bench.run(Boot(HERE, until=Until.STARTED), at_once, listens) is Outcome.PASSED
    (ended,) = (record.data for record in read(bench.path) if record.kind == "boot.finished")
    assert ended["results"] == []


def test_what_is_not_so_in_time_says_what_it_was_at_the_end(bench: Bench) -> None:
    """The last look is the one that is told."""
    assert bench.run(COLD, Eventually(HERE, Logs(HERE, "server", ("never",)), 0.3)) is Outcome.FAILED
    assert bench.finished().data["message"].endswith("not within 0.3 s: the log of server does not hold 'never'")


def test_the_output_of_a_command_is_looked_at(bench: Bench) -> None:
    """Its exit code, and what it says."""
    bench.engine.answer("server:1", ["ls", "/"], ExecResult(2, "no such folder"))
    passing = Exec(HERE, "server", ("ls", "/"), exit_code=2, contains="such")
    assert bench.run(COLD, passing) is Outcome.PASSED
    for failing in (replace(passing, exit_code=0), replace(passing, contains="etc")):
        assert bench.run(COLD, failing) is Outcome.FAILED


def test_a_lock_or_a_query_without_a_postgres_is_an_error_of_the_scenario(bench: Bench) -> None:
    """The place of the step says where."""
    for step in (Sql(HERE, "SELECT 1"), Hold(HERE, "t", (WARM,))):
        assert bench.run(COLD, step) is Outcome.ERRORED
        assert "Postgres" in bench.finished().data["message"]
