"""Probes: small questions to a running container, each asked until it says yes.

A healthcheck that is asked once in 30 s makes every boot wait for up to 30 s. The same command, asked at a finer
pace and for the same total time, gives the same answer sooner.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import (
    Retrying,
    retry_if_result,
    sleep_using_event,
    stop_when_event_set,
)

from harness.engine.model import ExecResult, HealthCheck
from harness.engine.protocol import Engine
from harness.errors import ConflictError, EngineTimeoutError, EngineUnavailableError, NotFoundError

FIRST_PAUSE, SHORT_PAUSE, LONGEST_PAUSE = 0.05, 0.5, 4.0
"""Seconds between two probes of ours: doubling up to the short one, then as `pause` says up to the longest.

The longest fits into the slack of `Patience`: what is ready in time is asked in time.
"""
LATENESS = 0.15
"""The part of a boot by which its readiness may be seen late. A question takes 3 ms of the processor."""

_SHELL = "/bin/sh"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one probe said."""

    name: str
    passed: bool
    output: str = ""
    impossible: bool = False
    """The command does not exist in the container: the probe can never pass."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command inside the container that says yes by exit code 0."""

    name: str
    command: tuple[str, ...]
    timeout: float

    @classmethod
    def healthcheck(cls, name: str, check: HealthCheck) -> Command:
        """Return the healthcheck's own command; a CMD-SHELL text goes to /bin/sh, as the engine sends it."""
        kind, *rest = check.test
        words = (_SHELL, "-c", *rest) if kind == "CMD-SHELL" else tuple(rest)
        return cls(name, words, check.timeout)

    @classmethod
    def postgres_over_tcp(cls, name: str, port: int, user: str) -> Command:
        """Ask Postgres over TCP, from inside of its container, as a user that it knows: others fill its log."""
        words = ("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", user, "-d", "postgres", "-t", "3")
        return cls(name, words, timeout=5.0)

    def ask(self, engine: Engine, container: str) -> Answer:
        """Run the command once; one that takes too long has not passed.

        Raises `ConflictError` or `NotFoundError` when the container does not run.
        """
        try:
            result = engine.exec(container, self.command, timeout=self.timeout)
        except EngineTimeoutError:
            return Answer(self.name, passed=False, output=f"no answer within {self.timeout:g} s")
        return self.read(result)

    def read(self, result: ExecResult) -> Answer:
        """Return what the end of the command means.

        A command that is not there ends with 127, and on engines like 20.10 with 126, as does whatever else could
        not be started. What a shell says of its own commands may change while the server starts.
        """
        is_missing = result.exit_code == 127 or (result.exit_code == 126 and "not found" in result.output)
        return Answer(
            self.name,
            passed=result.exit_code == 0,
            output=result.output.strip()[-500:],
            impossible=is_missing and self.command[0] != _SHELL,
        )


def pause(asked: int, waited: float) -> float:
    """Return the seconds until the next question, after so many questions and so many seconds in vain."""
    doubling = min(FIRST_PAUSE * 2.0 ** min(asked - 1, 10), SHORT_PAUSE)
    return min(max(doubling, LATENESS * waited), LONGEST_PAUSE)


class Prober:
    """Asks one probe again and again through one life, in a thread of its own, until it passes or is over."""

    def __init__(
        self, engine: Engine, container: str, probe: Command, tell: Callable[[Answer | Exception], None]
    ) -> None:
        self._engine = engine
        self._container = container
        self._probe = probe
        self._tell = tell
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"probe {probe.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no more; a question that is under way is not waited for."""
        self._over.set()

    def _run(self) -> None:
        retrying = Retrying(
            wait=lambda tried: pause(tried.attempt_number, tried.seconds_since_start or 0.0),
            retry=retry_if_result(lambda is_done: not is_done),
            stop=stop_when_event_set(self._over),
            sleep=sleep_using_event(self._over),
            retry_error_callback=lambda _: True,
        )
        retrying(self._once)

    def _once(self) -> bool:
        if self._over.is_set():
            return True
        try:
            answer = self._probe.ask(self._engine, self._container)
        except (ConflictError, EngineUnavailableError):
            # It is paused, or its life ended under the question: then its exit is an event of its own. An engine
            # that is lost is the watch's affair: it may come back.
            return False
        except NotFoundError:
            return True
        except Exception as error:  # noqa: BLE001 - it is raised where the verdict is waited for
            self._report(error)
            return True
        self._report(answer)
        return answer.passed or answer.impossible

    def _report(self, answer: Answer | Exception) -> None:
        if not self._over.is_set():
            self._tell(answer)
