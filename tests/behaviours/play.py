"""Plays cases on a real engine, judged as a run judges them: a stack and a watch of its own for each."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from harness.boot import Settings, Stack
from harness.boot.autopsy import autopsy
from harness.boot.model import Failure
from harness.cancellation import Cancellation
from harness.clock import SystemClock
from harness.compose.model import Project
from harness.compose.naming import Naming
from harness.compose.resolve import resolve
from harness.engine import Engine, run_labels
from harness.engine.sweep import remove_all
from harness.errors import BootsmokeError, CancelledError
from harness.health import Watch
from harness.journal import Journal
from harness.outcome import Verdict
from harness.redact import Redactor
from tests.behaviours.case import Case, compose_file

LIMIT = 90.0
"""Seconds after which a boot without a verdict is told as one."""


@dataclass(frozen=True, slots=True)
class Given:
    """What bootsmoke made of one boot."""

    verdict: Verdict | None
    """None when there was none within the limit."""
    reason: str = ""
    exits: int = 0
    latency: float | None = None
    """Seconds from the FinishedAt of the exit that decided to the verdict; None where no exit decided."""
    cause: str = ""
    """The code of the cause, where it failed."""
    cause_latency: float | None = None
    """Seconds from that FinishedAt to the cause."""


def resolved(cases: Mapping[str, Case], image: str, folder: Path) -> Project:
    """Write the compose file of all cases, and let Compose resolve it."""
    path = folder / "compose.yaml"
    path.write_text(yaml.safe_dump(compose_file(cases, image), sort_keys=False, width=1000))
    return resolve([path])


def play(engine: Engine, project: Project, name: str, case: Case, folder: Path) -> tuple[Given, ...]:
    """Boot the case as often as it says, up to its first failure, and leave nothing behind."""
    clock, cancellation = SystemClock(), Cancellation()
    labels = run_labels(f"behaviours-{folder.name}", name, clock.wall() + 10 * LIMIT)
    with Journal(folder / f"{name}.jsonl", clock, Redactor()) as journal:
        stack = Stack(
            engine=engine,
            project=_alone(project, name, case),
            naming=Naming(f"behaviours-{folder.name.lower()}-{name}", labels),
            watch=Watch(engine, labels, clock, journal, cancellation),
            journal=journal,
            clock=clock,
            settings=Settings(stability=case.stability),
        )
        try:
            return _boots(stack, name, len(case.boots), cancellation)
        finally:
            stack.watch.close()
            left = remove_all(engine, labels, deadline=30, clock=clock).left
            if left:
                raise AssertionError(f"{name} has left something behind: {left}")


def _alone(project: Project, name: str, case: Case) -> Project:
    """Leave nothing of the project but one service, and the volume of its name if it has one."""
    volumes = {name: project.volumes[name]} if len(case.boots) > 1 else {}
    return replace(project, services={name: project.services[name]}, volumes=volumes, networks={})


def _boots(stack: Stack, name: str, number: int, cancellation: Cancellation) -> tuple[Given, ...]:
    given: list[Given] = []
    timer = threading.Timer(LIMIT, cancellation.cancel)
    timer.start()
    try:
        while len(given) < number and all(one.verdict is Verdict.READY for one in given):
            given.append(_boot(stack, name))
    except CancelledError:
        given.append(Given(None, f"no verdict within {LIMIT:g} s"))
    except BootsmokeError as error:
        given.append(Given(None, str(error)))
    finally:
        timer.cancel()
    return tuple(given)


def _boot(stack: Stack, name: str) -> Given:
    failure = stack.boot([name]) or stack.settle()
    judged_at = stack.watch.now()
    state = next(iter(stack.watch.states().values()))
    if failure is None:
        return Given(Verdict.READY, exits=state.crashes)
    cause = autopsy(stack, failure, None)
    explained_at = stack.watch.now()
    finished = _finished_at(stack, failure)
    stack.halt(failure)
    return Given(
        failure.state.failure,
        failure.state.reason,
        exits=len(failure.state.exits),
        latency=judged_at - finished if finished else None,
        cause=cause.code,
        cause_latency=explained_at - finished if finished else None,
    )


def _finished_at(stack: Stack, failure: Failure) -> float | None:
    """Return when the life that decided ended: by inspect, or by its event where inspect tells of a later exit."""
    decided_by = failure.state.decided_by
    if decided_by is None:
        return None
    told = stack.engine.inspect(failure.container).finished_at
    return told if told is not None and abs(told - decided_by.at) < 0.5 and told <= decided_by.at else decided_by.at
