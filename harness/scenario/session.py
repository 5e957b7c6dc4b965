"""Carries out one scenario: its steps in order, on a stack of its own that is gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.boot import Settings, Stack
from harness.boot.advice import advice
from harness.cancellation import Cancellation
from harness.clock import Clock
from harness.compose.model import Service
from harness.compose.naming import Naming
from harness.engine.labels import KEPT, RUN, SCENARIO
from harness.engine.protocol import Engine
from harness.engine.sweep import remove_all
from harness.errors import BootsmokeError, CancelledError, ScenarioError, UsageError
from harness.evidence import save_containers, save_model
from harness.health import Watch
from harness.journal import Journal
from harness.outcome import Outcome
from harness.replay.snapshot import Snapshot as DatabaseSnapshot
from harness.replay.snapshot import drift, take
from harness.scenario.booting import Booting, Mismatch
from harness.scenario.checks import Looker, Seen
from harness.scenario.hold import held
from harness.scenario.later import fill
from harness.scenario.model import (
    Action,
    Boot,
    Eventually,
    Exec,
    Hold,
    Http,
    Logs,
    Operate,
    Parallel,
    Recreate,
    Snapshot,
    Sql,
    Step,
    Unchanged,
)
from harness.scenario.prepare import Prepared, warm_targets, with_jobs
from harness.writing import writing

REMOVAL_DEADLINE = 60.0
"""Seconds that cleaning up may take."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a scenario is carried out with."""

    engine: Engine
    clock: Clock
    journal: Journal
    labels: Mapping[str, str]
    """On everything that the scenario makes: those of `run_labels`."""
    folder: Path
    """Where this scenario leaves its logs; it exists."""
    settings: Settings
    cancellation: Cancellation
    build: Callable[[Prepared, Service], None]
    keep: str = "never"
    """never, failure or always: whether containers stay for a look at them."""
    keep_ports: bool = False


@dataclass
class Session:
    """One scenario under way."""

    prepared: Prepared
    around: Surroundings
    project_name: str
    outcome: Outcome = Outcome.INCONCLUSIVE
    """Known once it has run."""
    left_behind: Sequence[str] = ()
    """What could not be removed, each with the reason; known once it has run."""
    _stack: Stack | None = None
    _snapshots: dict[str, DatabaseSnapshot] = field(default_factory=dict)
    _saved: dict[str, str] = field(default_factory=dict)
    _message: str = ""
    _number: int = 0
    _began: float = 0.0

    def __post_init__(self) -> None:
        self._boots = Booting(self.around.journal, self.prepared.ladder, self.around.folder)

    def run(self) -> Outcome:
        """Carry out all steps, clean up, and return the outcome; what happened stands in the journal."""
        with self, suppress(Mismatch, BootsmokeError):  # the outcome says what happened
            for step in self.prepared.scenario.steps:
                self.step(step)
            self.settle()
        return self.outcome

    def __enter__(self) -> Self:
        """Begin: steps may be carried out until the end, which cleans up."""
        scenario, ladder = self.prepared.scenario, self.prepared.ladder
        self._began = self.around.clock.monotonic()
        self.outcome = Outcome.PASSED
        self.around.journal.record(
            "scenario.started",
            about=scenario.about,
            project=self.project_name,
            services=[service.name for service in self.prepared.project.order()],
            notes=list(self.prepared.notes),
            ladder=str(ladder.root) if ladder else None,
            style=f"{ladder.style}: {ladder.why}" if ladder else None,
        )
        with self._evidence("compose model"):
            save_model(self.around.folder, self.prepared.project, self.around.journal.redactor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:  # a bug, and told as one by whoever called; what was made goes all the same
            self.outcome = Outcome.INCONCLUSIVE
            self._finish(self.outcome)
            return
        self.left_behind = self._finish(self.outcome)
        if self.outcome is Outcome.FAILED:
            self._boots.mend(self.around.cancellation)
        self.around.journal.record(
            "scenario.finished",
            outcome=self.outcome,
            message=self._message,
            seconds=round(self.around.clock.monotonic() - self._began, 3),
            left_behind=self.left_behind,
        )

    def step(self, step: Step) -> None:
        """Carry out one step, and look whether something failed under it.

        Raises Mismatch where the stack does something else than is expected, and BootsmokeError where it cannot be
        carried out; the first of them is the outcome.
        """
        self._number += 1
        with self._deciding():
            self._step(step, self._number)

    def settle(self) -> None:
        """Wait until the stability window of every container is behind it; raises as `step` does."""
        with self._deciding():
            if self._stack is not None:
                self._boots.raise_late(self._stack, self._stack.settle)

    def look(self) -> None:
        """Look, without waiting, whether something has failed meanwhile; raises as `step` does."""
        with self._deciding():
            self._check_meanwhile()

    @property
    def stack(self) -> Stack:
        """The stack that runs; ScenarioError before the first boot."""
        if self._stack is None:
            raise ScenarioError("nothing has booted yet", place=self.prepared.scenario.place)
        return self._stack

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """Let the first error of the block be the outcome, and pass it on."""
        try:
            yield
        except (Mismatch, BootsmokeError) as error:
            if self.outcome is Outcome.PASSED:
                self.outcome, self._message = _outcome_of(error), str(error)
            raise

    # Steps.

    def _step(self, step: Step, number: int) -> None:
        """Carry out one step; those inside of another one have its number."""
        self.around.journal.record("step.started", number=number, text=str(step))
        self._carry_out(fill(step, self._saved), number)
        self._check_meanwhile()

    def _carry_out(self, step: Step, number: int) -> None:
        match step:
            case Boot():
                self._cold_boot(step)
            case Recreate():
                self._warm_boot(step)
            case Http() | Sql() | Exec() | Logs():
                self._take(step, self._looker().check(step))
            case Eventually():
                self._take(step, self._looker().eventually(step, self._check_meanwhile))
            case Parallel():
                self._take(step, self._looker().parallel(step))
            case Operate():
                self._operate(step)
            case Hold():
                self._hold(step, number)
            case Snapshot():
                self._take_snapshot(step)
            case Unchanged():
                self._compare(step)

    def _looker(self) -> Looker:
        return Looker(self.stack, self.around.clock)

    def _take(self, step: Step, seen: Seen) -> None:
        """Keep what a check saves; what it saw that is not as expected ends the scenario."""
        self.around.journal.redactor.add(seen.saved.values())
        self._saved.update(seen.saved)
        if seen.problem:
            self._check_meanwhile()  # a crash is the better reason, and has a cause
            raise Mismatch(f"{step.place}: {seen.problem}")

    def _operate(self, step: Operate) -> None:
        stack, engine = self.stack, self.around.engine
        grace = stack.project.services[step.service].stop_grace
        acts: dict[Action, Callable[[str], None]] = {
            Action.STOP: lambda container: engine.stop(container, grace=grace),
            Action.RESTART: lambda container: engine.stop(container, grace=grace),
            Action.KILL: lambda container: engine.kill(container, signal=step.signal),
            Action.PAUSE: engine.pause,
            Action.UNPAUSE: engine.unpause,
        }
        if step.action in acts:
            stack.operate(step.service, acts[step.action])
        if step.action in (Action.START, Action.RESTART, Action.UNPAUSE):
            self._boots.raise_late(stack, lambda: stack.resume(step.service))

    def _hold(self, step: Hold, number: int) -> None:
        database = self.stack.database()
        if database is None:
            raise ScenarioError("the project has no Postgres with a table to lock", place=step.place)
        with held(step, database, self.around.clock):
            for inner in step.steps:
                self._step(inner, number)

    def _cold_boot(self, step: Boot) -> None:
        if self._stack is not None:
            self._wipe(self._stack)
        self._stack = self._new_stack()
        self._scale(self._stack, step.scale)
        self._boots.boot("cold", self._stack, self._stack.project.services, step.expect, step.until)

    def _scale(self, stack: Stack, scale: Mapping[str, int]) -> None:
        for name, service in self.prepared.project.services.items():
            stack.scale(name, scale.get(name, service.replicas))

    def _wipe(self, stack: Stack) -> None:
        """Remove an earlier boot; what would not go would make the next boot a warm one."""
        self._stack = None
        stack.watch.close()
        left = self._remove()
        if left:
            raise BootsmokeError(f"the boot before could not be wiped: {'; '.join(left)}")

    def _warm_boot(self, step: Recreate) -> None:
        stack = self.stack
        targets = step.services or warm_targets(stack.project, stack.postgres)
        recreated = with_jobs(stack.project, targets)
        self._boots.raise_late(stack, lambda: stack.outlast(recreated))
        for service in targets:
            stack.change(service, environment=step.environment, image=step.image)
        for put in step.put:
            stack.put(put.service, {put.to: put.content()})
        self._boots.overlay({put.to: put.file for put in step.put})
        self._scale(stack, step.scale)
        self._boots.boot("warm", stack, recreated, step.expect, step.until)

    def _new_stack(self) -> Stack:
        around = self.around
        naming = Naming(self.project_name, around.labels, keep_ports=around.keep_ports)
        put: dict[str, dict[str, bytes]] = {}
        for entry in self.prepared.scenario.put:
            put.setdefault(entry.service, {})[entry.to] = entry.content()
        return Stack(
            engine=around.engine,
            project=self.prepared.project,
            naming=naming,
            watch=Watch(around.engine, around.labels, around.clock, around.journal, around.cancellation),
            journal=around.journal,
            clock=around.clock,
            settings=around.settings,
            files=put,
            build=lambda service: around.build(self.prepared, service),
            log_folder=around.folder,
        )

    def _take_snapshot(self, step: Snapshot) -> None:
        database = self.stack.database()
        if database is not None:
            self._snapshots[step.name] = take(database.psql, database.name)
        elif step.required:
            raise ScenarioError("the project has no Postgres to take a snapshot of", place=step.place)
        else:
            self.around.journal.record("warning", text="no Postgres in the project: drift is not looked for")

    def _compare(self, step: Unchanged) -> None:
        database = self.stack.database()
        before = self._snapshots.get(step.name)
        if database is None or before is None:
            return
        found = drift(before, take(database.psql, database.name), allowed=step.allow, values=step.values)
        items = [{"kind": d.kind, "object": d.object, "before": d.before, "after": d.after} for d in found]
        self.around.journal.record("drift", since=step.name, items=items, lines=[str(d) for d in found])
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise Mismatch(f"the warm boot changed the database: {found[0]}{more}")

    def _check_meanwhile(self) -> None:
        """Look whether something failed under the step that just ended."""
        if self._stack is not None:
            self._boots.raise_late(self._stack, self._stack.failure)

    # The end.

    def _finish(self, outcome: Outcome) -> list[str]:
        """Keep the logs and remove what was made, unless it is to be kept; return what could not be removed."""
        try:
            self._close()
        finally:
            left = self._keep_or_remove(outcome)
        return left

    def _close(self) -> None:
        """End the watch, and save what inspect and the logs tell of the containers that are there."""
        if self._stack is None:
            return
        stack = self._stack
        stack.watch.close()
        with self._evidence("state of the containers"):
            there = [item for service in stack.project.services for item in stack.containers(service).items()]
            seen = {instance: self.around.engine.inspect(container) for instance, container in there}
            states = {str(instance): state for instance, state in seen.items()}
            save_containers(self.around.folder, states, self.around.journal.redactor)
            for one in advice(stack, seen):
                self.around.journal.record("advice", code=one.code, service=one.service, text=one.text)
        with self._evidence("logs"):
            stack.save_logs()
        with self._evidence("ladder"):
            self._boots.keep_ladder()

    @contextmanager
    def _evidence(self, what: str) -> Iterator[None]:
        """Warn of evidence that could not be saved: no outcome hangs on it."""
        try:
            with writing(self.around.folder):
                yield
        except BootsmokeError as error:
            self.around.journal.record("warning", text=f"the {what} could not be saved: {error.message}")

    def _keep_or_remove(self, outcome: Outcome) -> list[str]:
        keep = self.around.keep
        is_kept = keep == "always" or (keep == "failure" and outcome is not Outcome.PASSED)
        try:
            if is_kept and self._stack is not None:
                labels = {**self.around.labels, KEPT: "yes"}
                self.around.engine.create_volume(f"{self.project_name}_kept", {"Labels": labels})
                self.around.journal.record("kept", project=self.project_name)
                return []
            return self._remove()
        except BootsmokeError as error:
            self.around.journal.record("warning", text=f"cleaning up failed: {error.message}")
            return [f"everything of {self.project_name}: {error.message}"]

    def _remove(self) -> list[str]:
        around = self.around
        mine = {key: around.labels[key] for key in (RUN, SCENARIO)}
        began = around.clock.monotonic()
        removal = remove_all(around.engine, mine, deadline=REMOVAL_DEADLINE, clock=around.clock)
        seconds = round(around.clock.monotonic() - began, 3)
        around.journal.record("removed", number=len(removal.removed), seconds=seconds)
        return removal.reasons()


def _outcome_of(error: Mismatch | BootsmokeError) -> Outcome:
    match error:
        case Mismatch():
            return Outcome.FAILED
        case CancelledError():
            return Outcome.CANCELLED
        case UsageError():
            return Outcome.ERRORED
        case _:
            return Outcome.INCONCLUSIVE
