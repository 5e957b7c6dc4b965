"""Plays files of a ladder a second time right after their first: what a boot meets that was interrupted."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from harness.simulator.model import Simulation, Verdict, VerdictKind
from harness.simulator.session import Session
from harness.simulator.simulate import Boot, Result, Step, empty, holds_for_a_session, steps_of, verdict_of

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration


def again(ladder: Ladder, names: Collection[str], setup: Migration | None = None) -> Simulation:
    """Boot a ladder once; the files of these names run again, in a session of their own, when they have run.

    A verdict says what that second run of its file makes of the statement; those of other files pass. Each second
    run is undone before the ladder goes on. LadderError where a file cannot be split into statements.
    """
    began = time.monotonic()
    before = list(steps_of(setup)) if setup else []
    boot = Boot(Session(empty(), is_cold=True))
    boot.run(before)
    settings = [step for step in before if holds_for_a_session(step)]
    verdicts: list[Verdict] = []
    for migration in ladder.migrations:
        steps = list(steps_of(migration))
        first = boot.run(steps)
        if migration.name in names:
            second = _second(boot, settings, steps)
            verdicts += (verdict_of(*triple, ()) for triple in zip(steps, first, second, strict=True))
        else:
            verdicts += (
                Verdict(step.migration, step.statement, VerdictKind.PASSES, node=step.node) for step in steps
            )
    assumed = tuple(dict.fromkeys(boot.session.assumed))
    return Simulation(ladder, tuple(verdicts), assumed, time.monotonic() - began)


def _second(boot: Boot, settings: list[Step], steps: list[Step]) -> list[Result]:
    store = boot.session.store
    mark = store.mark()
    later = Boot(Session(store, is_cold=False, doubt=boot.session.doubt.copy()))
    later.run(settings)
    results = later.run(steps)
    store.rollback(mark)
    return results
