"""Boots a ladder twice on a symbolic Postgres."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.simulator import play
from harness.simulator.catalog.objects import Object, Ref, Relation, Role, Schema
from harness.simulator.catalog.store import Store
from harness.simulator.drift import Watch
from harness.simulator.errors import Refused, Unsure
from harness.simulator.model import Drift, Simulation, Verdict, VerdictKind
from harness.simulator.session import OWNER, SYSTEM_SCHEMAS, TEMPORARY, Session
from harness.sql import parse

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration, Statement

Changes = tuple[tuple[Object | None, Object | None], ...]

BUG = "a bug in bootsmoke, please report it"
"""How the reason begins of a statement that the simulator itself stumbled over."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement with its parse tree; None where the parser refuses it or cannot carry it."""

    migration: Migration
    statement: Statement
    node: Any


@dataclass(slots=True)
class Result:
    """What one boot made of one statement."""

    refused: Refused | None = None
    unsure: str = ""
    is_doubtful: bool = False
    """The refusal rests on a name that something not understood may have touched."""
    changes: Changes = ()


@dataclass(slots=True)
class Boot:
    """One boot: a session of its own on the store."""

    session: Session
    watch: Watch | None = None

    def run(self, steps: Sequence[Step]) -> list[Result]:
        """Play all statements, each on its own: one that is refused leaves nothing behind."""
        results = []
        for number, step in enumerate(steps):
            if number and step.migration is not steps[number - 1].migration:
                self.session.end_transaction()
            results.append(self._play(step))
            if self.watch:
                self.watch.saw(number, step.node, results[-1].changes)
        self.session.end_transaction()
        return results

    def end(self) -> None:
        """Drop what lives as long as the connection."""
        temporary = self.session.schema(TEMPORARY)
        if not any(each.schema == temporary.oid for each in self.session.store.each(Relation)):
            return
        from harness.simulator.catalog.drop import drop  # noqa: PLC0415

        for relation in list(self.session.store.each(Relation)):
            if relation.schema == temporary.oid and self.session.store.get(relation.oid):
                drop(self.session, [Ref(relation.oid)], cascade=True)

    def _play(self, step: Step) -> Result:
        store = self.session.store
        mark = store.mark()
        restore = self.session.keep()
        self.session.work = 0
        result = Result()
        try:
            _execute(self.session, step)
        except Refused as refused:
            store.rollback(mark)
            restore()
            result.refused = refused
            result.is_doubtful = self.session.doubt.is_about(self.session, refused)
        except Unsure as unsure:
            result.unsure = unsure.reason
        except RecursionError:
            store.rollback(mark)
            result.unsure = "it is nested too deeply"
        except Exception as error:  # noqa: BLE001 - a bug of ours ends one verdict, and says so, not the whole guard
            store.rollback(mark)
            result.unsure = f"{BUG}: {type(error).__name__}: {error}"
        if result.unsure:
            self.session.doubt.note(self.session, step.statement.text)
        result.changes = tuple(store.changes(mark).values())
        return result


def simulate(ladder: Ladder, setup: Migration | None = None) -> Simulation:
    """Boot a ladder cold on an empty database with `setup` in front, then warm, and judge every statement.

    A statement that would be refused in the cold boot already is not judged: it needs something that is not in the
    ladder. LadderError where a file cannot be split into statements.
    """
    began = time.monotonic()
    with _uncollected():
        return replace(_simulated(ladder, setup), seconds=time.monotonic() - began)


def _simulated(ladder: Ladder, setup: Migration | None) -> Simulation:
    steps = [step for migration in ladder.migrations for step in steps_of(migration)]
    before = list(steps_of(setup)) if setup else []
    store = empty()
    cold = Boot(Session(store, is_cold=True))
    cold.run(before)
    first = cold.run(steps)
    cold.end()
    warm = Boot(Session(store, is_cold=False, doubt=cold.session.doubt))
    warm.run([step for step in before if holds_for_a_session(step)])
    warm.watch = Watch(store)
    second = warm.run(steps)
    warm.end()
    drifts = warm.watch.drifts()
    verdicts = tuple(
        verdict_of(step, first[number], second[number], drifts.get(number, ())) for number, step in enumerate(steps)
    )
    assumed = tuple(dict.fromkeys(cold.session.assumed))
    return Simulation(ladder, verdicts, assumed)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles off what is all alive till the end: looking at it again and again takes long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def empty() -> Store:
    """Return what a new database holds."""
    store = Store()
    for name in (*SYSTEM_SCHEMAS, TEMPORARY, "public"):
        store.put(Schema(oid=store.new_oid(), name=name))
    store.put(Role(oid=store.new_oid(), name=OWNER))
    return store


def steps_of(migration: Migration) -> Iterator[Step]:
    """Yield a file's statements with their parse trees."""
    for statement in migration.statements:
        nodes = parse.nodes(statement.text)
        yield Step(migration, statement, nodes[0] if nodes else None)


def _execute(session: Session, step: Step) -> None:
    if step.node is None:
        raise Unsure("the parser does not carry it")
    play.execute(session, step.node)


def holds_for_a_session(step: Step) -> bool:
    """Whether a statement of the setup runs at every boot: SET, and nothing else."""
    return step.node is not None and step.node.DESCRIPTOR.name == "VariableSetStmt"


def verdict_of(step: Step, cold: Result, warm: Result, drifts: tuple[Drift, ...]) -> Verdict:
    """Return what two runs of a statement make it."""
    verdict = Verdict(
        step.migration,
        step.statement,
        VerdictKind.PASSES,
        node=step.node,
        changes=warm.changes,
        cold=cold.changes,
    )
    if cold.refused:
        said = f"it would fail on an empty database already: {cold.refused.message}"
        return replace(verdict, kind=VerdictKind.UNKNOWN, reason=said)
    if warm.refused and not warm.is_doubtful:
        refused = warm.refused
        return replace(verdict, kind=VerdictKind.FAILS, sqlstate=refused.sqlstate, message=refused.message)
    if warm.refused:
        reason = f"it may fail ({warm.refused.message}): a statement before it was not understood"
        return replace(verdict, kind=VerdictKind.UNKNOWN, reason=reason)
    if warm.unsure or cold.unsure:
        return replace(verdict, kind=VerdictKind.UNKNOWN, reason=warm.unsure or cold.unsure)
    if drifts:
        return replace(verdict, kind=VerdictKind.DRIFTS, drifts=drifts)
    return verdict
