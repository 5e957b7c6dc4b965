"""Boots of a scenario's stack: what each came to, why, and whether that was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.boot import Failure, Stack
from harness.boot.autopsy import autopsy
from harness.boot.logbook import source_of, tell_lives, tell_migrations
from harness.cancellation import Cancellation
from harness.diagnose.codes import CODES
from harness.diagnose.explain import shown
from harness.diagnose.model import Cause
from harness.diagnose.writers import suspects
from harness.errors import ScenarioError
from harness.health import Instance, State
from harness.journal import Journal
from harness.ladder.model import Ladder
from harness.outcome import Verdict
from harness.replay.snapshot import Drift, drift, take
from harness.replay.snapshot import Snapshot as DatabaseSnapshot
from harness.scenario.mending import is_replayable, keep, mend
from harness.scenario.model import BootExpectation, Until
from harness.writing import writing


class Mismatch(Exception):  # noqa: N818 - it is no error: the stack did something else than was expected
    """A step's expectation was not met."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What a boot came to."""

    verdict: Verdict
    failure: Failure | None = None
    cause: Cause | None = None
    latency: float | None = None
    """Seconds from the exit that decided to the cause."""


class Booting:
    """The boots of one scenario."""

    def __init__(self, journal: Journal, ladder: Ladder | None, folder: Path) -> None:
        """`folder` is where a ladder is kept that fails."""
        self._journal = journal
        self._ladder = ladder
        self._folder = folder
        self._kept: Path | None = None
        self._unexpected: _Result | None = None
        self._number = 0
        self._kind = ""
        self._began = 0.0
        self._failed_as_expected = False

    def overlay(self, files: Mapping[str, Path]) -> None:
        """Take in that the next containers have other migrations: files by their path in the container."""
        migrations = {target: file for target, file in files.items() if target.endswith(".sql")}
        if self._ladder is not None and migrations:
            self._ladder = self._ladder.overlay(migrations)

    def boot(
        self, kind: str, stack: Stack, services: Iterable[str], expect: BootExpectation, until: Until = Until.READY
    ) -> None:
        """Boot services, tell what came of it, and raise Mismatch where that was not expected."""
        names = list(services)
        self._number += 1
        self._kind = kind
        self._began = stack.watch.now()
        self._failed_as_expected = False
        self._journal.record("boot.started", boot=self._number, of=kind, services=names)
        before = _state(stack) if expect.verdict is Verdict.DRIFT else None
        failure = stack.boot(names, wait=until is Until.READY)
        if failure is None and expect.verdict is not Verdict.READY:
            # What is expected to fail may do so after its first `healthy`.
            failure = stack.settle()
        result = self._judged(stack, failure, before, expect.verdict)
        self._tell(stack, names, result)
        problems = _unmet(expect, result)
        if problems:
            self._unexpected = result
            raise Mismatch(f"{kind} boot: {'; '.join(problems)}")
        self._failed_as_expected = failure is not None and result.verdict is not Verdict.RACE

    def raise_late(self, stack: Stack, look: Callable[[], Failure | None]) -> None:
        """Raise Mismatch for a failure that nobody expects any more; after an expected one nothing is looked at."""
        failure = None if self._failed_as_expected else look()
        if failure is None:
            return
        result = self._failed(stack, failure)
        self._tell(stack, stack.project.services, result)
        self._unexpected = result
        raise Mismatch(f"{failure.instance} was ready, and then: {failure.state.failure}")

    def _judged(
        self, stack: Stack, failure: Failure | None, before: DatabaseSnapshot | None, expected: Verdict
    ) -> _Result:
        if failure is not None:
            found = self._failed(stack, failure)
            return self._raced(stack, found) if len(stack.containers(failure.instance.service)) > 1 else found
        if expected is Verdict.RACE:
            # Its restart policy has booted the loser again already; unless a race is looked for, it just recovered.
            lost = (_race(autopsy(stack, one, self._ladder), one) for one in stack.recovered())
            return next(filter(None, lost), _Result(Verdict.READY))
        if before is None:
            return _Result(Verdict.READY)
        found_drift = drift(before, _state(stack), values=True)
        self._record(found_drift)
        return _Result(Verdict.DRIFT, cause=self._blame(found_drift[0])) if found_drift else _Result(Verdict.READY)

    def _failed(self, stack: Stack, failure: Failure) -> _Result:
        """Find the cause, say how long after the deciding exit it was known, and stop what loops."""
        cause = autopsy(stack, failure, self._ladder)
        decided_by = failure.state.decided_by
        latency = None if decided_by is None else stack.watch.now() - decided_by.at
        if decided_by is not None:
            stack.halt(failure)
        return _Result(failure.state.failure or Verdict.FAILED, failure, self._shown_again(cause), latency)

    def _shown_again(self, cause: Cause) -> Cause:
        """Keep the ladder as it ran, and add the command that makes its failure happen again."""
        if self._ladder is None or not is_replayable(cause):
            return cause
        self._kept = self._folder / f"ladder-{self._number}"
        try:
            return replace(cause, repro=keep(self._ladder, self._kept, self._journal.redactor.text))
        except OSError as error:
            self._journal.record("warning", text=f"the ladder could not be kept: {error}")
            return cause

    def keep_ladder(self) -> None:
        """Keep the ladder as it stands, unless a failure has; BootsmokeError where it cannot be written."""
        if self._ladder is not None and self._kept is None:
            self._kept = self._folder / "ladder"
            with writing(self._kept):
                keep(self._ladder, self._kept)

    def mend(self, cancellation: Cancellation) -> None:
        """Look for a fix of the failure that nobody expected, if there was one; a cold boot's proves nothing."""
        result = self._unexpected
        if result is None or result.failure is None or result.cause is None or result.cause.repro is None:
            return
        if self._ladder is None or self._kept is None or self._kind == "cold":
            return
        offer = mend(self._ladder, self._kept, cancellation)
        if offer.diff:
            instance = result.failure.instance
            place = {"boot": self._number, "service": instance.service, "number": instance.number}
            self._journal.record("fix.proved", **place, path=result.cause.path, diff=offer.diff)
        elif offer.note:
            self._journal.record("advice", text=offer.note)

    def _raced(self, stack: Stack, result: _Result) -> _Result:
        """Tell a race from a broken migration: who lost a race comes up when it boots again, alone."""
        failure, cause = result.failure, result.cause
        if failure is None or cause is None or not _is_a_migrations(cause) or stack.again(failure) is not None:
            return result
        return _race(cause, failure) or result

    def _blame(self, found: Drift) -> Cause:
        """Name the statement that wrote the rows which changed, as far as the ladder's text tells."""
        code = CODES["BOOT110"]
        cause = Cause(code.code, code.title, "", str(found), code.advice, object=found.object.rpartition(".")[2])
        statements = suspects(self._ladder, found.object) if self._ladder and found.kind != "schema" else []
        if not statements:
            return cause
        migration, statement = statements[0]
        others = tuple(f"{m.name}:{s.line} writes {found.object}, too" for m, s in statements[1:4])
        return replace(
            cause,
            path=shown(migration.path),
            line=statement.line,
            statement=" ".join(statement.text.split())[:200],
            confidence="matched" if len(statements) == 1 else "guessed",
            evidence=others,
        )

    def _record(self, found: Sequence[Drift]) -> None:
        items = [{"kind": d.kind, "object": d.object, "before": d.before, "after": d.after} for d in found]
        since = f"before boot {self._number}"
        self._journal.record("drift", since=since, items=items, lines=[str(d) for d in found])

    def _tell(self, stack: Stack, services: Iterable[str], result: _Result) -> None:
        failed = {result.failure.instance.service} if result.failure else set()
        names = set(services) | failed
        results = [
            self._told(stack, instance, state, result)
            for instance, state in stack.watch.states().items()
            if instance.service in names and (state.ready or state.failure)
        ]
        self._tell_logs(stack, services, result)
        self._journal.record(
            "boot.finished",
            boot=self._number,
            of=self._kind,
            verdict=result.verdict,
            seconds=round(stack.watch.now() - self._began, 3),
            results=results,
        )

    def _tell_logs(self, stack: Stack, services: Iterable[str], result: _Result) -> None:
        """Tell what a report shows of the logs: the migrations that ran, and the lives of what failed."""
        names = set(services) - set(stack.postgres)
        if self._ladder is not None:
            mine = (instance for instance in stack.watch.states() if instance.service in names)
            tell_migrations(stack, mine, self._ladder, self._began)
        if result.failure is not None:
            tell_lives(stack, result.failure)

    def _told(self, stack: Stack, instance: Instance, state: State, result: _Result) -> dict[str, Any]:
        """Return one entry of `boots` in the command line's contract."""
        ended = state.completed_at or state.ready_at or (state.decided_by.at if state.decided_by else None)
        is_it = result.failure is not None and instance == result.failure.instance
        document = None
        if result.cause and (state.failure or is_it):
            latency = None if result.latency is None else round(result.latency * 1000, 1)
            source = source_of(result.cause, self._ladder)
            document = result.cause.document() | {"latency_ms": latency, "source": source}
        return {
            "kind": self._kind,
            "service": instance.service,
            "number": instance.number,
            "verdict": result.verdict if is_it else state.failure or Verdict.READY,
            "reason": state.reason,
            "seconds": round(max(0.0, (ended or stack.watch.now()) - self._began), 3),
            "crashes": state.crashes,
            "cause": document,
        }


def _is_a_migrations(cause: Cause) -> bool:
    return cause.code.startswith("BOOT1")


def _race(cause: Cause, loser: Failure) -> _Result | None:
    """Return the result of a boot whose loser came up when it booted again; None where no migration failed."""
    if not _is_a_migrations(cause):
        return None
    code = CODES["BOOT108"]
    evidence = (*cause.evidence, f"{loser.instance} came up when it booted again")
    raced = replace(cause, code=code.code, title=code.title, advice=code.advice, evidence=evidence)
    return _Result(Verdict.RACE, loser, raced)


def _state(stack: Stack) -> DatabaseSnapshot:
    database = stack.database()
    if database is None:
        raise ScenarioError("the project has no Postgres that could drift")
    return take(database.psql, database.name)


def _unmet(expect: BootExpectation, result: _Result) -> list[str]:
    """Return what is not as expected, one sentence each."""
    if result.verdict is not expect.verdict:
        return [f"expected {expect.verdict}, got {result.verdict}"]
    cause = result.cause
    found = {
        "service": result.failure.instance.service if result.failure else None,
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
    if expect.within is not None and (result.latency is None or result.latency > expect.within):
        took = "never" if result.latency is None else f"{result.latency * 1000:.0f} ms after the crash"
        problems.append(f"expected the cause within {expect.within * 1000:.0f} ms, known {took}")
    return problems
