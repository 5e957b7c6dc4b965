"""Carries out one scenario: its steps in order, on a stack of its own that is gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.boot import Failure, Settings, Stack
from harness.boot.autopsy import autopsy
from harness.cancellation import Cancellation
from harness.clock import Clock
from harness.compose.model import Service
from harness.compose.naming import Naming
from harness.diagnose.model import Cause
from harness.engine.labels import KEPT, run_labels
from harness.engine.protocol import Engine
from harness.engine.sweep import remove_all
from harness.errors import BootsmokeError, CancelledError, ScenarioError, UsageError
from harness.health import Instance, State, Watch
from harness.journal import Journal
from harness.outcome import Outcome, Verdict
from harness.replay import Snapshot as DatabaseSnapshot
from harness.replay import drift, take
from harness.scenario.http import send
from harness.scenario.model import Boot, BootExpectation, Http, Recreate, Snapshot, Step, Unchanged
from harness.scenario.prepare import Prepared, warm_targets, with_jobs

REMOVAL_DEADLINE = 60.0
"""Seconds that cleaning up may take."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a scenario is carried out with."""

    engine: Engine
    clock: Clock
    journal: Journal
    run_id: str
    folder: Path
    """Where this scenario leaves its logs; it exists."""
    settings: Settings
    cancellation: Cancellation
    build: Callable[[Prepared, Service], None]
    keep: str = "never"
    """never, failure or always: whether containers stay for a look at them."""
    keep_ports: bool = False


class _Mismatch(Exception):  # noqa: N818 - it is no error: the stack did something else than was expected
    """A step's expectation was not met."""


@dataclass
class Session:
    """One scenario under way."""

    prepared: Prepared
    around: Surroundings
    project_name: str
    _stack: Stack | None = None
    _snapshots: dict[str, DatabaseSnapshot] = field(default_factory=dict)
    _boots: int = 0
    _boot_kind: str = ""
    _boot_began: float = 0.0
    _failed_as_expected: bool = False

    def run(self) -> Outcome:
        """Carry out all steps, clean up, and return the outcome; what happened stands in the journal."""
        journal = self.around.journal
        scenario, ladder = self.prepared.scenario, self.prepared.ladder
        began = self.around.clock.monotonic()
        journal.record(
            "scenario.started",
            about=scenario.about,
            project=self.project_name,
            services=[service.name for service in self.prepared.project.order()],
            notes=list(self.prepared.notes),
            ladder=str(ladder.root) if ladder else None,
            style=f"{ladder.style}: {ladder.why}" if ladder else None,
        )
        try:
            outcome, message = self._outcome()
        except BaseException:  # a bug, and told as one by whoever called; what was made goes all the same
            self._finish(Outcome.INCONCLUSIVE)
            raise
        left = self._finish(outcome)
        journal.record(
            "scenario.finished",
            outcome=outcome,
            message=message,
            seconds=round(self.around.clock.monotonic() - began, 3),
            left_behind=left,
        )
        return outcome

    def _outcome(self) -> tuple[Outcome, str]:
        try:
            for number, step in enumerate(self.prepared.scenario.steps, start=1):
                self.around.journal.record("step.started", number=number, text=str(step))
                self._carry_out(step)
                self._check_meanwhile()
            self._settle()
        except _Mismatch as mismatch:
            return Outcome.FAILED, str(mismatch)
        except CancelledError:
            return Outcome.CANCELLED, "cancelled"
        except UsageError as error:
            return Outcome.ERRORED, str(error)
        except BootsmokeError as error:
            return Outcome.INCONCLUSIVE, str(error)
        return Outcome.PASSED, ""

    # Steps.

    def _carry_out(self, step: Step) -> None:
        match step:
            case Boot():
                self._cold_boot(step)
            case Recreate():
                self._warm_boot(step)
            case Http():
                stack = self._running
                problem = send(step, lambda: stack.inspect(step.service), self.around.clock)
                if problem:
                    self._check_meanwhile()  # a crash is the better reason, and has a cause
                    raise _Mismatch(f"{step.place}: {problem}")
            case Snapshot():
                self._take_snapshot(step)
            case Unchanged():
                self._compare(step)

    @property
    def _running(self) -> Stack:
        if self._stack is None:
            raise ScenarioError("nothing has booted yet", place=self.prepared.scenario.place)
        return self._stack

    def _cold_boot(self, step: Boot) -> None:
        if self._stack is not None:
            self._wipe(self._stack)
        self._stack = self._new_stack()
        self._boot("cold", self._stack, self._stack.project.services, step.expect)

    def _wipe(self, stack: Stack) -> None:
        """Remove an earlier boot; what would not go would make the next boot a warm one."""
        self._stack = None
        stack.watch.close()
        left = self._remove()
        if left:
            raise BootsmokeError(f"the boot before could not be wiped: {'; '.join(left)}")

    def _warm_boot(self, step: Recreate) -> None:
        stack = self._running
        targets = step.services or warm_targets(stack.project, stack.postgres)
        for service in targets:
            stack.change(service, environment=step.environment, image=step.image)
        self._boot("warm", stack, with_jobs(stack.project, targets), step.expect)

    def _new_stack(self) -> Stack:
        around = self.around
        labels = run_labels(around.run_id, self.prepared.scenario.name)
        naming = Naming(self.project_name, labels, keep_ports=around.keep_ports)
        put: dict[str, dict[str, bytes]] = {}
        for entry in self.prepared.scenario.put:
            put.setdefault(entry.service, {})[entry.to] = entry.file.read_bytes()
        return Stack(
            engine=around.engine,
            project=self.prepared.project,
            naming=naming,
            watch=Watch(around.engine, labels, around.clock, around.journal, around.cancellation),
            journal=around.journal,
            clock=around.clock,
            settings=around.settings,
            files=put,
            build=lambda service: around.build(self.prepared, service),
            log_folder=around.folder,
        )

    def _take_snapshot(self, step: Snapshot) -> None:
        database = self._running.database()
        if database is not None:
            self._snapshots[step.name] = take(database.psql, database.name)
        elif step.required:
            raise ScenarioError("the project has no Postgres to take a snapshot of", place=step.place)
        else:
            self.around.journal.record("warning", text="no Postgres in the project: drift is not looked for")

    def _compare(self, step: Unchanged) -> None:
        database = self._running.database()
        before = self._snapshots.get(step.name)
        if database is None or before is None:
            return
        found = drift(before, take(database.psql, database.name), allowed=step.allow)
        items = [{"kind": d.kind, "object": d.object, "before": d.before, "after": d.after} for d in found]
        self.around.journal.record("drift", since=step.name, items=items, lines=[str(d) for d in found])
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise _Mismatch(f"the warm boot changed the database: {found[0]}{more}")

    # Boots, and what is expected of them.

    def _boot(self, kind: str, stack: Stack, services: Iterable[str], expect: BootExpectation) -> None:
        names = list(services)
        self._boots += 1
        self._boot_kind = kind
        self._boot_began = stack.watch.now()
        self.around.journal.record("boot.started", boot=self._boots, of=kind, services=names)
        failure = stack.boot(names)
        if failure is None and expect.verdict is not Verdict.READY:
            # What is expected to fail may do so after its first `healthy`.
            failure = stack.settle()
        cause, latency = self._look_into(stack, failure)
        self._tell_boot(stack, names, failure, cause, latency)
        problems = _unmet(expect, failure, cause, latency)
        if problems:
            raise _Mismatch(f"{kind} boot: {'; '.join(problems)}")
        self._failed_as_expected = failure is not None

    def _look_into(self, stack: Stack, failure: Failure | None) -> tuple[Cause | None, float | None]:
        """Find the cause, say how long after the deciding exit it was known, and stop what loops."""
        if failure is None:
            return None, None
        cause = autopsy(stack, failure, self.prepared.ladder)
        decided_by = failure.state.decided_by
        latency = None if decided_by is None else stack.watch.now() - decided_by.at
        if decided_by is not None:
            stack.halt(failure)
        return cause, latency

    def _tell_boot(
        self,
        stack: Stack,
        services: Iterable[str],
        failure: Failure | None,
        cause: Cause | None,
        latency: float | None,
    ) -> None:
        names = set(services) | ({failure.instance.service} if failure else set())
        results = [
            self._result(instance, state, cause, latency)
            for instance, state in stack.watch.states().items()
            if instance.service in names and (state.ready or state.failure)
        ]
        self.around.journal.record(
            "boot.finished",
            boot=self._boots,
            of=self._boot_kind,
            seconds=round(stack.watch.now() - self._boot_began, 3),
            results=results,
        )

    def _result(
        self, instance: Instance, state: State, cause: Cause | None, latency: float | None
    ) -> dict[str, Any]:
        """Return one entry of `boots` in the command line's contract."""
        ended = state.completed_at or state.ready_at or (state.decided_by.at if state.decided_by else None)
        now = self._running.watch.now()
        document = None
        if state.failure and cause:
            document = cause.document() | {"latency_ms": None if latency is None else round(latency * 1000, 1)}
        return {
            "kind": self._boot_kind,
            "service": instance.service,
            "number": instance.number,
            "verdict": state.failure or Verdict.READY,
            "reason": state.reason,
            "seconds": round(max(0.0, (ended or now) - self._boot_began), 3),
            "crashes": state.crashes,
            "cause": document,
        }

    def _check_meanwhile(self) -> None:
        """Look whether something failed under the step that just ended."""
        if self._stack is not None and not self._failed_as_expected:
            self._raise_late(self._stack.failure())

    def _settle(self) -> None:
        if self._stack is not None and not self._failed_as_expected:
            self._raise_late(self._stack.settle())

    def _raise_late(self, failure: Failure | None) -> None:
        if failure is None:
            return
        stack = self._running
        cause, latency = self._look_into(stack, failure)
        self._tell_boot(stack, stack.project.services, failure, cause, latency)
        raise _Mismatch(f"{failure.instance} was ready, and then: {failure.state.failure}")

    # The end.

    def _finish(self, outcome: Outcome) -> list[str]:
        """Keep the logs and remove what was made, unless it is to be kept; return what could not be removed."""
        try:
            self._close(outcome)
        finally:
            left = self._keep_or_remove(outcome)
        return left

    def _close(self, outcome: Outcome) -> None:
        """End the watch, and save the logs of what did not pass."""
        if self._stack is None:
            return
        self._stack.watch.close()
        try:
            if outcome is not Outcome.PASSED:
                self._stack.save_logs()
        except (BootsmokeError, OSError) as error:
            self.around.journal.record("warning", text=f"the logs could not be saved: {error}")

    def _keep_or_remove(self, outcome: Outcome) -> list[str]:
        keep = self.around.keep
        is_kept = keep == "always" or (keep == "failure" and outcome is not Outcome.PASSED)
        try:
            if is_kept and self._stack is not None:
                labels = {**run_labels(self.around.run_id, self.prepared.scenario.name), KEPT: "yes"}
                self.around.engine.create_volume(f"{self.project_name}_kept", {"Labels": labels})
                self.around.journal.record("kept", project=self.project_name)
                return []
            return self._remove()
        except BootsmokeError as error:
            self.around.journal.record("warning", text=f"cleaning up failed: {error.message}")
            return [f"everything of {self.project_name}: {error.message}"]

    def _remove(self) -> list[str]:
        labels = run_labels(self.around.run_id, self.prepared.scenario.name)
        removal = remove_all(self.around.engine, labels, deadline=REMOVAL_DEADLINE, clock=self.around.clock)
        self.around.journal.record("removed", number=len(removal.removed))
        return [f"{resource.kind} {resource.name}: {reason}" for resource, reason in removal.left]


def _unmet(
    expect: BootExpectation, failure: Failure | None, cause: Cause | None, latency: float | None
) -> list[str]:
    """Return what is not as expected, one sentence each."""
    verdict = (failure.state.failure if failure else None) or Verdict.READY
    if verdict is not expect.verdict:
        return [f"expected {expect.verdict}, got {verdict}"]
    found = {
        "sqlstate": cause.sqlstate if cause else None,
        "migration": Path(cause.path).name if cause and cause.path else None,
        "line": cause.line if cause else None,
        "object": cause.object if cause else None,
    }
    problems = [
        f"expected {name} {wanted}, got {value or 'none'}"
        for name, value in found.items()
        if (wanted := getattr(expect, name)) is not None and wanted != value
    ]
    if expect.within is not None and (latency is None or latency > expect.within):
        took = "never" if latency is None else f"{latency * 1000:.0f} ms after the crash"
        problems.append(f"expected the cause within {expect.within * 1000:.0f} ms, known {took}")
    return problems
