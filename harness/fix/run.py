"""Looks for a plan that makes a ladder replay-safe: takes offers, boots the ladder, and lets who fails take others.

Every round boots the edited ladder cold, which has to come to the same database as the original, and then replays
it. Statements that fail or change something get their first offer; when no new one does, those that have one get
their next.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from harness.fix import proof
from harness.fix.blame import Blame, blamed
from harness.fix.learn import learn
from harness.fix.offers import offers
from harness.fix.plan import carry_out
from harness.fix.templates.insert import inserted_into
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
    from harness.replay.model import Replay
    from harness.replay.server import Server
    from harness.replay.state import State

_ROUNDS = 40
"""After so many trials, who is still blamed is given up."""


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
            if guilty := self._cold(edited):
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
        """Add the others that do to the same rows what is told only of the last one."""
        found = {blame.key: blame for blame in blames}
        for key in self._keys:
            if key not in self.plan and (blame := self._kin(key, blames)):
                found.setdefault(key, blame._replace(key=key))
        return list(found.values())

    def _kin(self, key: Key, blames: list[Blame]) -> Blame | None:
        """Return the blame of a statement that also applies to this one; an INSERT moves a sequence in any case."""
        writes = self._knowledge.writes.get(key, frozenset())
        table = self._table(key)
        for blame in blames:
            if blame.data is DataKind.SEQUENCE and table and table == self._table(blame.key):
                return blame
            if blame.data and blame.table in writes:
                return blame
        return None

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
        found = proof.cold(self._server, edited.ladder, self._setup)
        said = self._fault(found)
        if not said:
            return None
        keys = [key for key in self._keys if key in self.plan]
        last = found.path if isinstance(found, StatementError) else ""
        return Blame(self._guilty(keys, last), f"fixed, it changes the cold boot: {said}")

    def dumps_differ(self, edited: Edited) -> str:
        """Return the first line of pg_dump's that an edited ladder's cold boot changes; empty for none."""
        rows = not self._knowledge.varying
        ladders = self._ladder, edited.ladder
        before, after = (proof.dump(self._server, each, self._setup, rows=rows) for each in ladders)
        pairs = zip_longest(before, after, fillvalue="")
        return next((f"{was!r} is {now!r}" for was, now in pairs if was != now), "")

    def _guilty(self, keys: list[Key], last: str) -> Key:
        """Return the first statement, of some in order, up to which the fixes spoil the boot of files up to `last`.

        The guilty one is mostly near the end: go back in growing steps, then halve.
        """
        good, bad, step = -1, len(keys), 1
        while good < 0 or bad - good > 1:
            middle = max(0, bad - step) if good < 0 else (good + bad) // 2
            if middle and self._spoils(keys[:middle], last):
                bad, step = middle, step * 2
            else:
                good = middle
        return keys[bad - 1]

    def _spoils(self, keys: list[Key], last: str) -> bool:
        ladder = carry_out(self._ladder, {key: self.plan[key] for key in keys}).ladder
        end = next(
            (n for n, migration in enumerate(ladder.migrations, start=1) if str(migration.path) == last), None
        )
        found = proof.cold(self._server, replace(ladder, migrations=ladder.migrations[:end]), self._setup)
        return isinstance(found, StatementError) if last else bool(self._fault(found))

    def _fault(self, found: State | StatementError) -> str:
        """Return what is otherwise after a cold boot; empty for nothing."""
        if isinstance(found, StatementError):
            return f"{found.path}:{found.line}: {found.message}"
        return ", ".join(proof.differences(self._knowledge.state, found, self._knowledge.varying)[:3])
