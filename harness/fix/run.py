"""Looks for a plan that makes a ladder replay-safe: takes offers, boots the ladder, and lets who fails take others.

Every round boots the edited ladder cold, which has to come to the same database as the original, and then replays
it. Statements that fail or change something get their first offer; when no new one does, those that have one get
their next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.fix import proof
from harness.fix.learn import learn
from harness.fix.offers import offers
from harness.fix.plan import carry_out
from harness.replay.apply import StatementError
from harness.replay.model import Options
from harness.replay.run import replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.fix.learn import Knowledge
    from harness.fix.offers import Offer
    from harness.fix.plan import Edited, Plan
    from harness.fix.timeline import Key
    from harness.ladder.model import Ladder, Migration
    from harness.replay.model import Place, Replay
    from harness.replay.server import Server

_ROUNDS = 40
"""After so many trials, who is still blamed is given up."""


class Blame(NamedTuple):
    """A statement of the original, and what it did."""

    key: Key
    what: str


class Search:
    """One search for a plan."""

    def __init__(self, ladder: Ladder, server: Server, setup: Migration | None) -> None:
        self.plan: Plan = {}
        self.reasons: dict[Key, str] = {}
        """Why a statement has its offer: what it did before."""
        self.tried: dict[Key, int] = {}
        """How many offers a statement has had."""
        self.given_up: set[Key] = set()
        """The statements for which nothing helps."""
        self._ladder = ladder
        self._server = server
        self._setup = setup
        self._knowledge: Knowledge = learn(server, ladder, setup)
        self._files = {migration.name: migration for migration in ladder.migrations}
        self._offers: dict[Key, Iterator[Offer]] = {}
        self.rounds = 0

    def run(self, before: Replay) -> tuple[Edited, Replay]:
        """Return the ladder as the best plan makes it, and its replay."""
        found, edited = before, carry_out(self._ladder, {})
        blames = blamed(found, edited, self.plan)
        while blames and self._take(blames):
            self.rounds += 1
            edited = carry_out(self._ladder, self.plan)
            guilty = self._cold(edited)
            if guilty is not None:
                blames = [guilty]
                continue
            found = replay(edited.ladder, self._server, Options(setup=self._setup))
            blames = blamed(found, edited, self.plan)
        return edited, found

    def _take(self, blames: list[Blame]) -> bool:
        """Take an offer for each statement that has none yet; else the next one for those that have."""
        open_ = [blame for blame in blames if blame.key not in self.given_up]
        fresh = [blame for blame in open_ if blame.key not in self.plan]
        for blame in fresh or open_:
            self.reasons.setdefault(blame.key, blame.what)
            offer = next(self._queue(blame.key), None) if self.rounds < _ROUNDS else None
            if offer is None:
                self.given_up.add(blame.key)
                self.plan.pop(blame.key, None)
            else:
                self.tried[blame.key] = self.tried.get(blame.key, 0) + 1
                self.plan[blame.key] = offer
        return bool(open_)

    def _queue(self, key: Key) -> Iterator[Offer]:
        if key not in self._offers:
            migration = self._files[key[0]]
            statement = migration.statements[key[1] - 1]
            self._offers[key] = offers(migration, statement, self._knowledge.timeline, self._knowledge.table)
        return self._offers[key]

    def _cold(self, edited: Edited) -> Blame | None:
        """Return a statement whose fix changes the cold boot; None when all fixes together leave it as it was."""
        said = self._trial(edited)
        if not said:
            return None
        keys = [key for key in self._in_order() if key in self.plan]
        good, bad = 0, len(keys)
        while bad - good > 1:
            middle = (good + bad) // 2
            trial = self._trial(carry_out(self._ladder, {key: self.plan[key] for key in keys[:middle]}))
            good, bad, said = (good, middle, trial) if trial else (middle, bad, said)
        return Blame(keys[bad - 1], f"fixed, it changes the cold boot: {said}")

    def _trial(self, edited: Edited) -> str:
        """Return what is otherwise after a cold boot; empty for nothing."""
        state = proof.cold(self._server, edited.ladder, self._setup)
        if isinstance(state, StatementError):
            return f"{state.path}:{state.line}: {state.message}"
        found = proof.differences(self._knowledge.state, state, self._knowledge.varying)
        return ", ".join(found[:3])

    def _in_order(self) -> Iterator[Key]:
        for migration in self._ladder.migrations:
            yield from ((migration.name, statement.number) for statement in migration.statements)


def blamed(found: Replay, edited: Edited, plan: Plan) -> list[Blame]:
    """Return who fails, or changes something, at the warm boot of an edited ladder."""
    names = {str(migration.path): migration.name for migration in found.ladder.migrations}
    warm = found.warm
    failures = [*warm.failures, *([warm.first_failure] if warm.first_failure else [])] if warm else []
    told: list[tuple[StatementError | Place, str]] = [
        *((failure, f"{failure.message} (SQLSTATE {failure.sqlstate})") for failure in failures),
        *((drift.place, f"changes {drift.kind} {drift.object}") for drift in found.schema_drift if drift.place),
        *(
            (drift.place, f"rows {drift.kind.value} in {drift.table}")
            for drift in found.data_drift
            if drift.place and drift.is_finding
        ),
    ]
    blames: dict[Key, Blame] = {}
    for place, what in told:
        keys = edited.keys(names[place.path], place.statement)
        for key in keys if len(keys) == 1 else [key for key in keys if key in plan]:
            blames.setdefault(key, Blame(key, what))
    return list(blames.values())
