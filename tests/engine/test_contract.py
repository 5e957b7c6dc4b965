"""What every engine promises: one suite for the fake and for the real one."""

from __future__ import annotations

import math
import threading
from itertools import pairwise
from typing import Any

import pytest

from harness.engine import Event, ExecResult
from harness.engine.fake import Life
from harness.errors import ConflictError, EngineError, NotFoundError

CRASH = Life(seconds=0.1, exit_code=3)


def read(stream: Any, count: int) -> list[Event]:
    """Read so many events; the test's time-out ends a wait for one that never comes."""
    return [event for _, event in zip(range(count), stream, strict=False)]


def test_a_created_container_is_not_started(bench: Any) -> None:
    """A new container is in the state `created`, with its name and labels and without times."""
    name = bench.name()
    state = bench.engine.inspect(bench.create(name=name))
    assert (state.name, state.status, state.is_running) == (name, "created", False)
    assert (state.started_at, state.finished_at, state.restart_count) == (None, None, 0)
    assert bench.labels.items() <= state.labels.items()


def test_inspect_tells_what_the_body_asked_for(bench: Any) -> None:
    """Environment, restart policy, healthcheck and volumes come back from inspect as they were asked for."""
    volume = bench.name()
    bench.engine.create_volume(volume, {"Labels": bench.labels})
    container = bench.create(
        restart="on-failure",
        Env=["GREETING=a=b"],
        Healthcheck={"Test": ["CMD-SHELL", "true"], "Interval": 2_000_000_000},
        HostConfig={"Mounts": [{"Type": "volume", "Source": volume, "Target": "/data"}]},
    )
    state = bench.engine.inspect(container)
    assert state.environment["GREETING"] == "a=b"
    assert state.healthcheck.test == ("CMD-SHELL", "true")
    assert (state.healthcheck.interval, state.healthcheck.timeout, state.healthcheck.retries) == (2.0, 30.0, 3)
    assert state.volumes["/data"] == volume


def test_a_life_runs_from_start_to_exit(bench: Any) -> None:
    """A container runs after its start, and tells exit code and times after its exit."""
    container = bench.run(Life(seconds=0.2, exit_code=3))
    assert bench.engine.inspect(container).is_running
    bench.until(lambda: bench.engine.inspect(container).status == "exited")
    state = bench.engine.inspect(container)
    assert (state.exit_code, state.is_running) == (3, False)
    assert state.started_at < state.finished_at < state.started_at + 5


def test_starting_and_stopping_twice_is_fine(bench: Any) -> None:
    """A start of what runs and a stop of what does not run change nothing."""
    container = bench.run(Life(stop_exit_code=4))
    bench.engine.start(container)
    bench.engine.stop(container, grace=5)
    bench.engine.stop(container, grace=5)
    assert (bench.engine.inspect(container).status, bench.engine.inspect(container).exit_code) == ("exited", 4)


def test_a_name_can_be_taken_once(bench: Any) -> None:
    """A second container, or a second network, of the same name is a conflict."""
    name = bench.name()
    bench.create(name=name)
    with pytest.raises(ConflictError, match=name):
        bench.create(name=name)
    bench.engine.create_network(name, {"Labels": bench.labels})
    with pytest.raises(ConflictError, match=name):
        bench.engine.create_network(name, {"Labels": bench.labels})


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.inspect("bootsmoke-none"),
        lambda engine: engine.start("bootsmoke-none"),
        lambda engine: engine.stop("bootsmoke-none", grace=1),
        lambda engine: engine.kill("bootsmoke-none"),
        lambda engine: engine.logs("bootsmoke-none"),
        lambda engine: engine.follow("bootsmoke-none"),
        lambda engine: engine.exec("bootsmoke-none", ["true"], timeout=5),
        lambda engine: engine.put_files("bootsmoke-none", {"/etc/a": b""}),
        lambda engine: engine.image("bootsmoke-none"),
        lambda engine: engine.create_container("bootsmoke-none", {"Image": "bootsmoke-none"}),
        lambda engine: engine.connect("bootsmoke-none", "bootsmoke-none", {}),
    ],
)
def test_what_is_not_there_is_not_found(bench: Any, call: Any) -> None:
    """Each call about a container, image or network that is not there says so."""
    with pytest.raises(NotFoundError):
        call(bench.engine)


def test_removing_what_is_gone_is_fine(bench: Any) -> None:
    """Containers (running ones too), networks and volumes can be removed twice."""
    engine, name = bench.engine, bench.name()
    container = bench.run(name=name)
    engine.create_network(name, {"Labels": bench.labels})
    engine.create_volume(name, {"Labels": bench.labels})
    for _ in range(2):
        engine.remove_container(container)
        engine.remove_network(name)
        engine.remove_volume(name)
    assert engine.list_resources(bench.labels) == []


def test_resources_are_listed_by_label_in_the_order_of_removal(bench: Any) -> None:
    """All labels have to match, None matches any value, and containers come before networks and volumes."""
    engine, names = bench.engine, sorted(bench.name() for _ in range(2))
    for name in reversed(names):
        engine.create_volume(name, {"Labels": {**bench.labels, "x": name}})
        engine.create_network(name, {"Labels": {**bench.labels, "x": name}})
        bench.create(name=name, Labels={**bench.labels, "x": name})
    listed = [(found.kind, found.name) for found in engine.list_resources(bench.labels | {"x": None})]
    assert listed == [(kind, name) for kind in ("container", "network", "volume") for name in names]
    assert [found.kind for found in engine.list_resources(bench.labels | {"x": names[0]})] == [
        "container",
        "network",
        "volume",
    ]
    assert engine.list_resources(bench.labels | {"y": None}) == []


def test_what_is_in_use_cannot_be_removed(bench: Any) -> None:
    """A volume of any container and a network of a running one are conflicts; afterwards they can be removed."""
    engine, name = bench.engine, bench.name()
    engine.create_volume(name, {"Labels": bench.labels})
    network = engine.create_network(name, {"Labels": bench.labels})
    mounts = [{"Type": "volume", "Source": name, "Target": "/data"}]
    container = bench.create(HostConfig={"Mounts": mounts})
    engine.connect(network, container, {"Aliases": ["web"]})
    engine.start(container)
    with pytest.raises(ConflictError):
        engine.remove_network(network)
    engine.stop(container, grace=5)
    with pytest.raises(ConflictError):
        engine.remove_volume(name)
    engine.remove_container(container)
    engine.remove_network(network)
    engine.remove_volume(name)
    assert engine.list_resources(bench.labels) == []


def test_a_life_is_told_in_events(bench: Any) -> None:
    """Create, start and die arrive in this order, with the container, the exit code and rising times."""
    stream = bench.engine.events(bench.labels)
    container = bench.run(CRASH)
    bench.until(lambda: bench.engine.inspect(container).status == "exited")
    events = read(stream, 3)
    stream.close()
    assert [event.action for event in events] == ["create", "start", "die"]
    assert {event.container for event in events} == {container}
    assert events[-1].attributes["exitCode"] == "3"
    assert all(before.at < after.at for before, after in pairwise(events[1:]))


def test_events_of_others_are_not_told(bench: Any) -> None:
    """A stream tells of containers that carry its labels, and of no other ones."""
    stream = bench.engine.events(bench.labels | {"x": "1"})
    bench.create()
    mine = bench.create(Labels={**bench.labels, "x": "1"})
    assert [event.container for event in read(stream, 1)] == [mine]
    stream.close()


def test_events_since_a_time_come_again(bench: Any) -> None:
    """A stream with `since` begins with the event of that time."""
    stream = bench.engine.events(bench.labels)
    container = bench.create()
    bench.sleep(0.01)
    bench.engine.start(container)
    created, started = read(stream, 2)
    stream.close()
    again = bench.engine.events(bench.labels, since=started.at)
    assert [event.action for event in read(again, 1)] == ["start"]
    again.close()
    assert created.action == "create"


def test_closing_a_stream_ends_a_read_in_another_thread(bench: Any) -> None:
    """A thread that waits for an event ends when the stream is closed, which may be done twice."""
    stream = bench.engine.events(bench.labels)
    reader = threading.Thread(target=list, args=(stream,), daemon=True)
    reader.start()
    stream.close()
    stream.close()
    reader.join(timeout=5)
    assert not reader.is_alive()


def test_a_policy_restarts_until_somebody_stops_it(bench: Any) -> None:
    """Restarts are die, start, die in the events and a count in inspect; a stop in back-off is `stop` alone."""
    stream = bench.engine.events(bench.labels)
    container = bench.run(CRASH, restart="always")
    bench.until(lambda: _in_back_off(bench, container, restarts=3))
    bench.engine.stop(container, grace=5)
    state = bench.engine.inspect(container)
    assert (state.status, state.restart_count, state.restart_policy) == ("exited", 3, "always")
    actions = [event.action for event in read(stream, 8)]
    stream.close()
    assert actions == ["create", "start", "die", "start", "die", "start", "die", "stop"]


def _in_back_off(bench: Any, container: str, *, restarts: int) -> bool:
    state = bench.engine.inspect(container)
    return bool(state.restart_count == restarts and state.status == "restarting")


def test_the_engine_calls_a_container_unhealthy_at_every_exit(bench: Any) -> None:
    """In back-off a container is `unhealthy` and not running, although no probe has failed."""
    check = {"Test": ["CMD", "true"], "Interval": 60_000_000_000}
    container = bench.run(CRASH, restart="always", Healthcheck=check)
    bench.until(lambda: _in_back_off(bench, container, restarts=3))
    state = bench.engine.inspect(container)
    assert (state.health, state.is_running, state.probes) == ("unhealthy", False, ())
    bench.engine.stop(container, grace=1)


def test_on_failure_leaves_success_alone(bench: Any) -> None:
    """The policy on-failure restarts a crash, and not an exit with code 0."""
    container = bench.run(CRASH, Life(seconds=0.1), restart="on-failure")
    bench.until(lambda: bench.engine.inspect(container).status == "exited")
    state = bench.engine.inspect(container)
    assert (state.exit_code, state.restart_count) == (0, 1)


def test_a_start_by_hand_counts_restarts_anew(bench: Any) -> None:
    """RestartCount begins at 0 again after stop and start."""
    container = bench.run(CRASH, restart="always")
    bench.until(lambda: bench.engine.inspect(container).restart_count >= 2)
    bench.engine.stop(container, grace=5)
    bench.engine.start(container)
    assert bench.engine.inspect(container).restart_count == 0
    bench.engine.stop(container, grace=5)


def test_a_kill_is_a_stop_by_hand(bench: Any) -> None:
    """A killed container has 137 and is not restarted; one that does not run cannot be killed."""
    container = bench.run(restart="always")
    bench.engine.kill(container)
    bench.until(lambda: not bench.engine.inspect(container).is_running)
    state = bench.engine.inspect(container)
    assert (state.status, state.exit_code, state.restart_count) == ("exited", 137, 0)
    with pytest.raises(ConflictError):
        bench.engine.kill(container)


def test_a_frozen_container_goes_on(bench: Any) -> None:
    """It is paused, and runs again afterwards in the same life; twice is an error, either way."""
    container = bench.run(restart="always")
    began = bench.engine.inspect(container).started_at
    with pytest.raises(EngineError):
        bench.engine.unpause(container)
    bench.engine.pause(container)
    assert bench.engine.inspect(container).status == "paused"
    with pytest.raises(EngineError):
        bench.engine.pause(container)
    bench.engine.unpause(container)
    state = bench.engine.inspect(container)
    assert (state.status, state.started_at, state.restart_count) == ("running", began, 0)
    bench.engine.stop(container, grace=5)


def test_logs_are_told_in_order_and_between_times(bench: Any) -> None:
    """Lines come oldest first with rising times, and `since`, `until` (inclusive) and `tail` choose among them."""
    texts = [f"line {number}" for number in range(4)]
    container = bench.run(Life(log=[(0.05 * number, text) for number, text in enumerate(texts)]))
    logs = bench.engine.logs
    bench.until(lambda: len(logs(container)) == 4)
    lines = logs(container)
    assert [line.text for line in lines] == texts
    assert all(before.at < after.at for before, after in pairwise(lines))
    assert logs(container, since=lines[1].at) == lines[1:]
    assert logs(container, until=lines[2].at) == lines[:3]
    assert logs(container, since=lines[1].at, until=lines[2].at) == lines[1:3]
    assert logs(container, tail=2) == lines[2:]
    assert logs(container, until=lines[2].at, tail=1) == [lines[2]]
    assert logs(container, tail=0) == logs(container, since=lines[3].at + 1) == []


def test_the_log_goes_on_over_restarts(bench: Any) -> None:
    """The log of a container holds what each of its lives wrote, and the times of exits divide it."""
    lives = [Life(0.2, 1, log=[(0.05, "first")]), Life(log=[(0.0, "second")])]
    container = bench.run(*lives, restart="always")
    bench.until(lambda: len(bench.engine.logs(container)) == 2)
    first, second = bench.engine.logs(container)
    state = bench.engine.inspect(container)
    assert (first.text, second.text) == ("first", "second")
    assert bench.engine.log_head(container) == [first, second]
    assert first.at < state.finished_at < state.started_at <= second.at


def test_a_log_that_is_followed_tells_lines_while_they_are_written_and_ends_with_the_life(bench: Any) -> None:
    """Each line arrives while the container runs; the stream ends at the exit, with the last line in it."""
    container = bench.run(Life(1.0, 1, log=[(0.3, "early"), (0.999, "at the last moment")]))
    stream = bench.engine.follow(container)
    lines = iter(stream)
    bench.sleep(0.4)
    assert next(lines).text == "early"
    assert bench.engine.inspect(container).is_running
    bench.until(lambda: not bench.engine.inspect(container).is_running)
    assert [line.text for line in lines] == ["at the last moment"]
    stream.close()


def test_closing_a_log_ends_a_read_in_another_thread(bench: Any) -> None:
    """A thread that waits for a line ends when the stream is closed, which may be done twice."""
    stream = bench.engine.follow(bench.run())
    reader = threading.Thread(target=list, args=(stream,), daemon=True)
    reader.start()
    reader.join(timeout=0.1)
    assert reader.is_alive()
    stream.close()
    stream.close()
    reader.join(timeout=5)
    assert not reader.is_alive()
    assert list(stream) == []


def test_a_log_is_followed_from_a_time_on(bench: Any) -> None:
    """With `since` (inclusive) the lines of a former life are left out; without a life the stream ends at once."""
    lives = [Life(0.2, 1, log=[(0.05, "first")]), Life(0.3, 0, log=[(0.05, "second"), (0.1, "third")])]
    container = bench.run(*lives, restart="on-failure")
    bench.until(lambda: bench.engine.inspect(container).status == "exited")
    lines = bench.engine.logs(container)
    for since in (None, lines[1].at):
        stream = bench.engine.follow(container, since=since)
        assert list(stream) == (lines if since is None else lines[1:])
        stream.close()


@pytest.mark.parametrize(("code", "output"), [(0, "fine\n"), (3, "broken\n"), (127, "")])
def test_a_command_tells_its_exit_code_and_output(bench: Any, code: int, output: str) -> None:
    """Exec gives the exit code and the output of a command as they are."""
    container = bench.run()
    text = f"printf '%s' '{output}'; exit {code}"
    command = bench.announce(("/bin/sh", "-c", text), ExecResult(code, output))
    assert bench.engine.exec(container, command, timeout=20) == ExecResult(code, output)


def test_a_command_that_is_not_there_is_no_error(bench: Any) -> None:
    """A command that the container does not have ends with 126 or 127, as in a shell."""
    container = bench.run()
    command = bench.announce(("no-such-command",), ExecResult(127, "not found"))
    assert bench.engine.exec(container, command, timeout=20).exit_code in (126, 127)


def test_a_command_needs_a_running_container(bench: Any) -> None:
    """Exec is a conflict in a container that was not started, has exited or waits for its restart."""
    created = bench.create()
    looping = bench.run(CRASH, restart="always")
    bench.until(lambda: _in_back_off(bench, looping, restarts=3))
    for container in (created, looping):
        with pytest.raises(ConflictError):
            bench.engine.exec(container, ["true"], timeout=20)
    bench.engine.stop(looping, grace=1)


def test_files_can_be_written_before_the_first_start(bench: Any) -> None:
    """Files arrive in a container that is only created and in one that runs; a missing folder is not found."""
    command = bench.announce(("cat", "/etc/one", "/etc/two"), ExecResult(0, "1\n2\n"))
    container = bench.create()
    bench.engine.put_files(container, {"/etc/one": b"1\n"})
    bench.engine.start(container)
    bench.engine.put_files(container, {"/etc/two": b"2\n"})
    assert bench.engine.exec(container, command, timeout=20).output == "1\n2\n"
    with pytest.raises(NotFoundError):
        bench.engine.put_files(container, {"/no/such/folder/file": b""})


def test_an_engine_says_which_one_it_is(bench: Any) -> None:
    """Info names the version, and the distance of the two clocks is a number."""
    info = bench.engine.info()
    assert info.version
    assert info.api_version.startswith("1.")
    assert math.isfinite(info.clock_offset)


def test_an_image_tells_its_id(bench: Any) -> None:
    """An image that the engine has can be inspected, and containers name it by its id."""
    assert bench.engine.inspect(bench.create()).image_id == bench.engine.image(bench.image).id
