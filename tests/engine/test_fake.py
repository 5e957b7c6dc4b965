"""What the fake promises beyond the contract: scripts, exact times, and no answer to what nobody announced."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import pytest

from harness.clock import SystemClock
from harness.engine import ExecResult
from harness.engine.fake import FakeEngine, Life, UnscriptedCallError
from harness.errors import NotFoundError


def create(fake: FakeEngine, name: str = "web", restart: str = "always", **body: Any) -> str:
    """Create and start a container of the image `server`."""
    host = {"RestartPolicy": {"Name": restart}}
    container = fake.create_container(name, {"Image": "server", "HostConfig": host, **body})
    fake.start(container)
    return container


def times(fake: FakeEngine, action: str, labels: dict[str, str], seconds: float) -> list[float]:
    """Return the times of an action within so many seconds, counted from the first event."""
    stream = fake.events(labels, since=0.0)
    fake.advance(seconds)
    fake.lose_events()
    events = list(stream)
    return [event.at - events[0].at for event in events if event.action == action]


def test_the_back_off_doubles() -> None:
    """Restarts wait 100 ms, 200 ms, 400 ms and so on up to a minute, as the engine's do."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=0.0, exit_code=1)])
    create(fake)
    starts = times(fake, "start", {}, 300)
    pauses = [after - before for before, after in pairwise(starts)]
    assert pauses[:5] == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6])
    assert pauses[-1] == pytest.approx(60.0)


def test_a_long_life_resets_the_back_off() -> None:
    """After a life of 10 s the next pause is 100 ms again: such a loop never slows down."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=12.0, exit_code=1)])
    create(fake)
    pauses = [after - before for before, after in pairwise(times(fake, "start", {}, 100))]
    assert pauses == pytest.approx([12.1] * len(pauses))
    assert len(pauses) == 8


def test_each_container_has_its_own_script() -> None:
    """The first container of an image takes the first script, and all after the last one take the last."""
    fake = FakeEngine()
    fake.script("server", [Life(exit_code=0, seconds=1)], [Life(exit_code=7, seconds=1)])
    codes = []
    for name in ("cold", "warm", "again"):
        create(fake, name, restart="no")
        fake.advance(2)
        codes.append(fake.inspect(name).exit_code)
    assert codes == [0, 7, 7]


def test_a_stop_ends_what_was_planned() -> None:
    """A stopped container neither logs nor exits any more."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=5, exit_code=1, log=[(1, "early"), (3, "late")])])
    create(fake)
    fake.advance(2)
    fake.stop("web", grace=1)
    fake.advance(100)
    assert [line.text for line in fake.logs("web")] == ["early"]
    assert (fake.inspect("web").exit_code, fake.inspect("web").restart_count) == (143, 0)


def test_a_stop_takes_its_time() -> None:
    """A stop lasts as long as the life needs, and no longer than the grace, after which it is killed."""
    fake = FakeEngine()
    fake.script("server", [Life(stop_seconds=2, stop_exit_code=0)])
    create(fake)
    begin = fake.clock.wall()
    fake.stop("web", grace=5)
    assert (fake.clock.wall() - begin, fake.inspect("web").exit_code) == (2, 0)
    fake.start("web")
    fake.stop("web", grace=1)
    assert (fake.clock.wall() - begin, fake.inspect("web").exit_code) == (3, 137)


def test_out_of_memory_is_told_before_the_exit() -> None:
    """An OOM life gives `oom`, `die` with 137, and the mark in inspect."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=1, oom=True)])
    stream = fake.events({})
    create(fake, restart="no")
    fake.advance(2)
    fake.lose_events()
    assert [event.action for event in stream] == ["create", "start", "oom", "die"]
    assert (fake.inspect("web").oom_killed, fake.inspect("web").exit_code) == (True, 137)


def test_health_changes_are_events_with_probes() -> None:
    """What the healthcheck finds is a probe each time, and an event when it changes; a new life is starting."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=4, health=[(1, "healthy"), (2, "healthy"), (3, "unhealthy")])])
    stream = fake.events({})
    create(fake)
    fake.advance(3.5)
    state = fake.inspect("web")
    assert (state.health, [probe.exit_code for probe in state.probes]) == ("unhealthy", [0, 0, 1])
    fake.advance(0.7)
    assert fake.inspect("web").health == "starting"
    fake.lose_events()
    details = [event.detail for event in stream if event.action == "health_status"]
    assert details == ["healthy", "unhealthy"]


def test_an_answer_may_depend_on_the_age_of_the_life() -> None:
    """A command's result can be a function of the seconds since the start."""
    fake = FakeEngine()
    fake.script("server", [Life()])
    fake.answer("server", ["ready"], lambda age: ExecResult(0 if age >= 1 else 1, ""))
    create(fake)
    assert fake.exec("web", ["ready"], timeout=1).exit_code == 1
    fake.advance(1)
    assert fake.exec("web", ["ready"], timeout=1).exit_code == 0


def test_what_nobody_announced_is_an_error_of_the_test() -> None:
    """A command without an answer is no EngineError that somebody might handle; an unknown image is not found."""
    fake = FakeEngine()
    fake.script("server")
    create(fake)
    with pytest.raises(UnscriptedCallError, match="nonesuch"):
        fake.exec("web", ["nonesuch"], timeout=1)
    with pytest.raises(NotFoundError):
        fake.pull("unknown")


def test_calls_and_files_are_kept() -> None:
    """A test can look at the calls in their order, and at what was written."""
    fake = FakeEngine()
    fake.script("server")
    fake.create_volume("data", {})
    create(fake)
    fake.put_files("web", {"/etc/x": b"1"})
    assert fake.calls == [
        ("create_volume", "data"),
        ("create_container", "web"),
        ("image", "server"),
        ("start", fake.inspect("web").id),
        ("put_files", "web"),
        ("inspect", "web"),
    ]
    assert fake.files("web") == {"/etc/x": b"1"}


def test_a_lost_stream_ends_and_since_brings_back_what_was_missed() -> None:
    """A stream that the daemon ended ends by itself; a new one with `since` has what came in between."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=1, exit_code=1)])
    stream = fake.events({})
    create(fake)
    fake.lose_events()
    last = list(stream)[-1]
    fake.advance(1.05)
    again = fake.events({}, since=last.at + 0.5)
    fake.lose_events()
    assert [event.action for event in again] == ["die"]


def test_a_reader_wakes_when_time_is_moved() -> None:
    """A thread that waits for events gets them when the test moves the clock."""
    fake = FakeEngine()
    fake.script("server", [Life(seconds=60, exit_code=1)])
    create(fake, restart="no")
    stream = fake.events({})
    seen: list[str] = []
    reader = threading.Thread(target=lambda: seen.append(next(iter(stream)).action))
    reader.start()
    fake.clock.sleep(61)
    reader.join(timeout=5)
    assert seen == ["die"]


def test_a_real_clock_works_without_being_moved() -> None:
    """On the system's clock a life ends by itself while somebody reads the events."""
    fake = FakeEngine(SystemClock())
    fake.script("server", [Life(seconds=0.02, exit_code=1)])
    stream = fake.events({})
    create(fake, restart="no")
    assert [event.action for _, event in zip(range(3), stream, strict=False)] == ["create", "start", "die"]
