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
from harness.fix.templates.insert import inserted_into, rows_of
from harness.replay.apply import StatementError
from harness.replay.model import DataKind, Options
from harness.replay.run import replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.fix.learn import Knowledge
    from harness.fix.offers import Offer
    from harness.fix.plan import Edited, Plan
    from harness.fix.timeline import Key
    from harness.ladder.model import Ladder, Migration
    from harness.replay.model import DataDrift, Place, Replay, SchemaDrift
    from harness.replay.server import Server

_ROUNDS = 40
"""After so many trials, who is still blamed is given up."""


class Blame(NamedTuple):
    """A statement of the original, and what it did."""

    key: Key
    what: str
    data: DataKind | None = None
    """What became of rows, if it is that."""


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
        self._keys = [(m.name, statement.number) for m in ladder.migrations for statement in m.statements]
        self._offers: dict[Key, Iterator[Offer]] = {}
        self.rounds = 0

    def run(self, before: Replay) -> tuple[Edited, Replay]:
        """Return the ladder as the best plan makes it, and its replay."""
        found, edited = before, carry_out(self._ladder, {})
        blames = self._with_kin([*blamed(found, edited, self.plan), *self._revivers()])
        while blames and self._take(blames):
            self.rounds += 1
            edited = carry_out(self._ladder, self.plan)
            guilty = self._cold(edited)
            if guilty is not None:
                blames = [guilty]
                continue
            found = replay(edited.ladder, self._server, Options(setup=self._setup))
            blames = self._with_kin(blamed(found, edited, self.plan))
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

    def _revivers(self) -> Iterator[Blame]:
        for key, fact in self._knowledge.revived.items():
            yield Blame(key, f"makes {fact} again, which later migrations take away")

    def _with_kin(self, blames: list[Blame]) -> list[Blame]:
        """Add the other INSERTs that must have done what is told only of the last one into a table."""
        found = {blame.key: blame for blame in blames}
        told = {(blame.data, table): blame for blame in blames if blame.data and (table := self._table(blame.key))}
        for key in self._keys if told else ():
            table = self._table(key) if key not in self.plan else ""
            blame = told.get((DataKind.SEQUENCE, table))
            if blame is None and (blame := told.get((DataKind.ADDED, table))):
                blame = blame if rows_of(self._text(key)) else None
            if blame and table:
                found.setdefault(key, blame._replace(key=key))
        return list(found.values())

    def _table(self, key: Key) -> str:
        return inserted_into(self._text(key))

    def _text(self, key: Key) -> str:
        return self._files[key[0]].statements[key[1] - 1].text

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
        keys = [key for key in self._keys if key in self.plan]
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


def blamed(found: Replay, edited: Edited, plan: Plan) -> list[Blame]:
    """Return who fails, or changes something, at the warm boot of an edited ladder."""
    names = {str(migration.path): migration.name for migration in found.ladder.migrations}
    warm = found.warm
    failures = [*warm.failures, *([warm.first_failure] if warm.first_failure else [])] if warm else []
    told: list[tuple[StatementError | Place | None, str, DataKind | None]] = [
        *((failure, f"{failure.message} (SQLSTATE {failure.sqlstate})", None) for failure in failures),
        *((drift.place, _schema(drift), None) for drift in found.schema_drift),
        *((drift.place, _data(drift), drift.kind) for drift in found.data_drift if drift.is_finding),
    ]
    blames: dict[Key, Blame] = {}
    for place, what, kind in told:
        keys = edited.keys(names[place.path], place.statement) if place else []
        for key in keys if len(keys) == 1 else [key for key in keys if key in plan]:
            blames.setdefault(key, Blame(key, what, kind))
    return list(blames.values())


def _schema(drift: SchemaDrift) -> str:
    what = "makes" if drift.before is None else "drops" if drift.after is None else "changes"
    return f"{what} {drift.kind} {drift.object} at the second boot"


def _data(drift: DataDrift) -> str:
    match drift.kind:
        case DataKind.SEQUENCE:
            return f"moves sequence {drift.table} at the second boot"
        case DataKind.REMADE:
            return f"makes {drift.table} again at the second boot: what was in it is lost"
        case kind:
            return f"rows of {drift.table} are {kind.value} at the second boot"
