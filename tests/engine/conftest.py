"""One bench for the fake and for the real engine: scripted lives, played by a shell in the real one."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.engine import Engine, ExecResult
from harness.engine.fake import FakeEngine, Life

IMAGE = "postgres:16-alpine"
"""For its /bin/sh alone: the image that every machine which runs these tests has."""


@dataclass
class Bench:
    """An engine, and what a test does with it beyond the protocol."""

    engine: Engine
    labels: Mapping[str, str]
    fake: FakeEngine | None = None
    image: str = IMAGE
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def name(self) -> str:
        """Return a name that nothing has yet."""
        return f"bootsmoke-test-{next(iter(self.labels.values()))}-{next(self._numbers)}"

    def create(self, *lives: Life, name: str = "", restart: str = "no", **body: Any) -> str:
        """Create a container that goes through `lives`, the last of them again and again."""
        lives = lives or (Life(),)
        if self.fake:
            self.fake.script(self.image, lives)
        host = {"RestartPolicy": {"Name": restart}, "Init": False} | body.pop("HostConfig", {})
        command = {"Entrypoint": ["/bin/sh", "-c", shell(lives)], "Cmd": []}
        whole = {"Image": self.image, "Labels": dict(self.labels), "HostConfig": host, **command, **body}
        return self.engine.create_container(name or self.name(), whole)

    def run(self, *lives: Life, **settings: Any) -> str:
        """Create and start a container."""
        container = self.create(*lives, **settings)
        self.engine.start(container)
        return container

    def announce(self, command: tuple[str, ...], result: ExecResult) -> tuple[str, ...]:
        """Return a command that is known to end with `result`."""
        if self.fake:
            self.fake.answer(self.image, command, result)
        return command

    def until(self, done: Callable[[], bool], seconds: float = 15.0) -> None:
        """Let time pass until something is so; at most `seconds`."""
        for _ in range(math.ceil(seconds / 0.02)):
            if done():
                return
            self.sleep(0.02)
        pytest.fail(f"not so within {seconds:g} s")

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        (self.fake.advance if self.fake else time.sleep)(seconds)


def shell(lives: tuple[Life, ...]) -> str:
    """Return the shell script of a container that counts its starts, and lives the life of that number."""
    *first, last = [_shell_life(life) for life in lives]
    cases = [f"{number}) {script};;" for number, script in enumerate(first)] + [f"*) {last};;"]
    count = "n=$(cat /n 2>/dev/null || echo 0); echo $((n+1)) > /n"
    return f"{count}; case $n in {' '.join(cases)} esac"


def _shell_life(life: Life) -> str:
    steps, now = [f"trap 'exit {life.stop_exit_code}' TERM INT"], 0.0
    for at, text in life.log:
        steps += [f"sleep {at - now}", f"echo '{text}'"]
        now = at
    if math.isinf(life.seconds):
        steps.append("while :; do sleep 0.02; done")
    else:
        steps += [f"sleep {life.seconds - now}", f"exit {life.exit_code}"]
    return "; ".join(steps)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.docker)])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Give the contract's two sides, one after the other."""
    if request.param == "fake":
        fake = FakeEngine()
        fake.script(IMAGE)
        return Bench(fake, {"dev.bootsmoke.test": "fake"}, fake)
    labels: dict[str, str] = request.getfixturevalue("docker_labels")
    return Bench(request.getfixturevalue("docker_engine"), labels)


@pytest.fixture
def real(docker_engine: Engine, docker_labels: dict[str, str]) -> Bench:
    """Give the real side alone."""
    return Bench(docker_engine, docker_labels)
