"""A life's log while it is lived: on the scripted engine in real time, and on the real one at its limits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from harness.cancellation import Cancellation
from harness.clock import SystemClock
from harness.compose.model import RestartPolicy
from harness.engine import Engine
from harness.engine.fake import FakeEngine, Life
from harness.health import Instance, Patience, Policy, Watch
from harness.health.logs import LOG_TAIL, MOST_LINES, LifeLog
from harness.journal import Journal
from harness.redact import Redactor


def play(*lives: Life) -> tuple[FakeEngine, str]:
    """Start a scripted container, in real time."""
    engine = FakeEngine(SystemClock())
    engine.script("image", lives)
    body = {"Image": "image", "HostConfig": {"RestartPolicy": {"Name": "on-failure"}}}
    container = engine.create_container("server", body)
    engine.start(container)
    return engine, container


def threads_of(container: str) -> list[threading.Thread]:
    """Return the threads that still read its log."""
    return [thread for thread in threading.enumerate() if thread.name == f"log of {container[:12]}"]


def until_none_reads(container: str) -> None:
    """Wait until no thread reads its log."""
    for thread in threads_of(container):
        thread.join(timeout=5)
    assert threads_of(container) == []


def test_the_log_is_complete_when_the_life_has_ended() -> None:
    """The last line is in it, and nobody asks the engine for the log again."""
    engine, container = play(Life(0.2, 1, log=[(0.05, "early"), (0.19, "last")]), Life())
    log = LifeLog(engine, container, since=None)
    lines = log.complete(timeout=5)
    assert [line.text for line in lines or ()] == ["early", "last"]
    assert not [call for call in engine.calls if call[0] == "logs"]
    log.close()


def test_a_life_that_goes_on_has_no_complete_log() -> None:
    """The wait for its end is as long as it was said, and closing ends the thread."""
    engine, container = play(Life(log=[(0.0, "early")]))
    log = LifeLog(engine, container, since=None)
    began = time.monotonic()
    assert log.complete(timeout=0.1) is None
    assert 0.1 <= time.monotonic() - began < 1
    log.close()
    until_none_reads(container)
    assert log.complete(timeout=5) is None


def test_a_log_that_is_lost_is_not_complete() -> None:
    """The engine's error ends the reading at once; whoever asks for the log meets it again."""
    log = LifeLog(FakeEngine(), "no-such-container", since=None)
    began = time.monotonic()
    assert log.complete(timeout=5) is None
    assert time.monotonic() - began < 1


def test_the_end_of_a_long_log_is_kept() -> None:
    """No more than so many lines are held."""
    texts = ["x"] * (LOG_TAIL + 1)
    engine, container = play(Life(0.05, 0, log=[(0.01, text) for text in texts] + [(0.02, "last")]))
    lines = LifeLog(engine, container, since=None).complete(timeout=5) or []
    assert (len(lines), lines[-1].text) == (LOG_TAIL, "last")


@pytest.mark.parametrize("texts", [["x"] * (MOST_LINES + 1), ["x" * 65_536] * 33])
def test_a_flood_is_given_up(texts: list[str]) -> None:
    """A life that writes too much is not read on: its log is not complete, which is known without a wait."""
    engine, container = play(Life(log=[(0.01, text) for text in texts]))
    log = LifeLog(engine, container, since=None)
    began = time.monotonic()
    assert log.complete(timeout=10) is None
    assert time.monotonic() - began < 5
    until_none_reads(container)


@contextmanager
def watching(engine: Engine, labels: dict[str, str], folder: Path) -> Iterator[Watch]:
    """Watch an engine, and leave no thread that reads a log."""
    with (
        Journal(folder / "journal.jsonl", SystemClock(), Redactor()) as journal,
        closing(Watch(engine, labels, SystemClock(), journal, Cancellation())) as watch,
    ):
        yield watch


def crash(watch: Watch, engine: Engine, labels: dict[str, str], scripts: list[str]) -> list[tuple[list[str], str]]:
    """Run shell scripts to their exits, together; return each one's log as it was kept, and what it died of."""
    patience = Patience(start_period=60, retries=0, interval=0, timeout=0)
    policy = Policy(frozenset(), patience, RestartPolicy("no"), stability=60)
    containers: dict[Instance, str] = {}
    for number, script in enumerate(scripts, 1):
        command = {"Entrypoint": ["/bin/sh", "-c", script], "Cmd": []}
        body = {"Image": "postgres:16-alpine", "Labels": labels, **command}
        instance = Instance("server", number)
        containers[instance] = engine.create_container(f"bootsmoke-test-log-{time.monotonic_ns()}", body)
        watch.follow(instance, containers[instance], policy)
        engine.start(containers[instance])
    states = watch.wait(lambda states: states if all(state.failure for state in states.values()) else None)
    signatures = {instance: state.exits[-1].signature for instance, state in states.items()}
    lives = {instance: watch.lives(instance) for instance in containers}
    for container in containers.values():
        watch.forget(container)
        engine.remove_container(container)
        until_none_reads(container)
    return [
        ([line.text for life in lives[instance] for line in life.lines], signature.message if signature else "")
        for instance, signature in signatures.items()
    ]


@pytest.mark.docker
def test_the_last_words_of_every_crash_are_heard(
    docker_engine: Engine, docker_labels: dict[str, str], tmp_path: Path
) -> None:
    """Of 50 quick crashes, at once or after a moment, each has the line of its last instant in its signature."""
    with watching(docker_engine, docker_labels, tmp_path) as watch:
        for batch in range(0, 50, 10):
            errors = [f'ERROR: relation "users_{n}" already exists' for n in range(batch, batch + 10)]
            waits = ["", "sleep 0.2; "] * 5
            scripts = [f"{wait}echo a; echo '{error}'; exit 1" for wait, error in zip(waits, errors, strict=True)]
            crashes = crash(watch, docker_engine, docker_labels, scripts)
            assert [kept for kept, _ in crashes] == [["a", error] for error in errors]
            assert all(f"users_{n}" in said for n, (_, said) in enumerate(crashes, batch))


@pytest.mark.docker
def test_a_flood_is_read_at_its_end(docker_engine: Engine, docker_labels: dict[str, str], tmp_path: Path) -> None:
    """A life that floods its log is given up, and what it died of is read from the end of the log as it stands."""
    script = "yes 'a line of a flood' | head -n 400000; echo 'ERROR: relation \"t\" already exists'; exit 1"
    began = time.process_time()
    with watching(docker_engine, docker_labels, tmp_path) as watch:
        ((kept, said),) = crash(watch, docker_engine, docker_labels, [script])
    assert (len(kept), "already exists" in said) == (LOG_TAIL, True)
    assert time.process_time() - began < 10


@pytest.mark.docker
def test_a_last_line_without_a_newline_is_heard(
    docker_engine: Engine, docker_labels: dict[str, str], tmp_path: Path
) -> None:
    """A stream that follows the log ends without it: what is not enough is read again."""
    with watching(docker_engine, docker_labels, tmp_path) as watch:
        scripts = ["echo starting; sleep 0.2; printf 'fatal: no such key'; exit 1"] * 5
        assert (
            crash(watch, docker_engine, docker_labels, scripts)
            == [(["starting", "fatal: no such key"], "fatal: no such key")] * 5
        )
