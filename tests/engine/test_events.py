"""The grammar of engine events: recorded streams as they came, and the same scenes on the engine at hand.

Each file in streams/ is what GET /events sent for one scene; the first line says which engine sent it. Ids, names
and labels of the machine that recorded it are replaced.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Event
from harness.engine.events import ACTIONS, parse_event
from harness.engine.fake import Life

STREAMS = Path(__file__).with_name("streams")
CRASH = Life(seconds=0.1, exit_code=3)

GRAMMAR = {
    "exit": "create start die",
    "policy-restart": "create start die start die start die stop",
    "stop": "create start kill die stop",
    "stop-timeout": "create start kill kill die stop",
    "kill": "create start kill die",
    "oom": "create start oom die",
    "remove-running": "create start kill die destroy",
    "remove-stopped": "create start die destroy",
    "health": "create start health_status:healthy health_status:unhealthy kill die stop",
}


def recorded(name: str) -> tuple[str, list[Event]]:
    """Return the engine's version and the events of one recorded stream."""
    head, *lines = (STREAMS / f"{name}.jsonl").read_text().splitlines()
    return json.loads(head)["engine"], [parse_event(json.loads(line)) for line in lines]


def words(events: list[Event]) -> str:
    """Return the actions of some events."""
    return " ".join(event.action + (event.detail and f":{event.detail}") for event in events)


@pytest.mark.parametrize(("name", "expected"), GRAMMAR.items())
def test_a_recorded_stream_follows_the_grammar(name: str, expected: str) -> None:
    """Each line of the grammar is what an engine really sent."""
    engine, events = recorded(name)
    assert engine == "20.10.24"
    assert words(events) == expected
    assert {event.action for event in events} <= set(ACTIONS)


def test_every_recorded_stream_is_in_the_grammar() -> None:
    """No recorded stream is left untested."""
    assert {file.stem for file in STREAMS.iterdir()} == set(GRAMMAR)


def test_the_attributes_of_an_exit_hold_its_code() -> None:
    """`die` carries the exit code, 137 after the kernel killed it for its memory."""
    codes = {name: recorded(name)[1] for name in ("exit", "oom", "kill")}
    dies = {
        name: next(e for e in events if e.action == "die").attributes["exitCode"] for name, events in codes.items()
    }
    assert dies == {"exit": "3", "oom": "137", "kill": "137"}


def test_times_are_seconds_since_the_epoch() -> None:
    """The time of an event keeps the engine's fractions of a second."""
    event = parse_event({"Action": "start", "Actor": {"ID": "c"}, "timeNano": 1_700_000_000_500_000_000})
    assert event == Event("start", "c", 1_700_000_000.5)


def exit_(bench: Any) -> None:
    """Let a container end by itself."""
    _until_exited(bench, bench.run(CRASH))


def policy_restart(bench: Any) -> None:
    """Let a container loop, and stop it while it waits for its third restart."""
    container = bench.run(CRASH, restart="always")
    bench.until(lambda: bench.engine.inspect(container).restart_count == 3)
    bench.engine.stop(container, grace=5)


def stop(bench: Any) -> None:
    """Stop a container that ends when it is asked to."""
    bench.engine.stop(bench.run(Life(stop_exit_code=0)), grace=5)


def stop_timeout(bench: Any) -> None:
    """Stop a container that does not listen."""
    container = bench.run(Entrypoint=["/bin/sh", "-c", "trap : TERM INT; while :; do sleep 0.02; done"])
    bench.engine.stop(container, grace=1)


def kill(bench: Any) -> None:
    """Kill a container."""
    container = bench.run(restart="always")
    bench.engine.kill(container)
    _until_exited(bench, container)


def oom(bench: Any) -> None:
    """Let a container use more memory than it has."""
    script = "x=x; while :; do x=$x$x; done"
    host = {"Memory": 16 * 2**20, "MemorySwap": 16 * 2**20}
    _until_exited(bench, bench.run(Entrypoint=["/bin/sh", "-c", script], HostConfig=host))


def remove_running(bench: Any) -> None:
    """Remove a container that runs."""
    bench.engine.remove_container(bench.run())


def remove_stopped(bench: Any) -> None:
    """Remove a container that has ended."""
    container = bench.run(CRASH)
    _until_exited(bench, container)
    bench.engine.remove_container(container)


def health(bench: Any) -> None:
    """Let a healthcheck pass and then fail."""
    check = {"Test": ["CMD", "test", "!", "-e", "/etc/ill"], "Interval": 100_000_000, "Retries": 1}
    container = bench.run(Healthcheck=check)
    bench.until(lambda: bench.engine.inspect(container).health == "healthy")
    bench.engine.put_files(container, {"/etc/ill": b""})
    bench.until(lambda: bench.engine.inspect(container).health == "unhealthy")
    bench.engine.stop(container, grace=5)


def _until_exited(bench: Any, container: str) -> None:
    bench.until(lambda: bench.engine.inspect(container).status == "exited")


SCENES: dict[str, Callable[[Any], None]] = {
    "exit": exit_,
    "policy-restart": policy_restart,
    "stop": stop,
    "stop-timeout": stop_timeout,
    "kill": kill,
    "oom": oom,
    "remove-running": remove_running,
    "remove-stopped": remove_stopped,
    "health": health,
}


@pytest.mark.docker
@pytest.mark.parametrize("name", SCENES)
def test_the_engine_at_hand_follows_the_grammar(real: Any, name: str) -> None:
    """The engine that these tests run on sends the same events as the recorded one."""
    stream = real.engine.events(real.labels)
    SCENES[name](real)
    seen = words(list(_up_to(stream, GRAMMAR[name].split()[-1])))
    stream.close()
    # An engine without sight of the container's cgroup does not know what killed it.
    assert seen in ({GRAMMAR[name], GRAMMAR[name].replace("oom ", "")} if name == "oom" else {GRAMMAR[name]})


def _up_to(stream: Iterable[Event], last: str) -> Iterator[Event]:
    for event in stream:
        yield event
        if event.action == last:
            return
