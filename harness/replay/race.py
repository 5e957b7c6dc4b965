"""Boots a ladder several times at once, as replicas of a server do: what fails then and not alone is a race.

Half of the rounds boot on an empty database, half on one that has booted before. In every other round a boot takes
its statements one at a time, in the same transactions, with a random pause after each, so that boots meet in other
places. Errors at statements that a warm boot fails at by itself say nothing about a race.
"""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import TYPE_CHECKING

from harness.clock import SystemClock
from harness.replay.apply import StatementError, apply_file, apply_ladder, send
from harness.replay.state import take

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from psycopg import Connection
    from psycopg.rows import TupleRow

    from harness.ladder.model import Migration
    from harness.replay.arena import Arena
    from harness.replay.state import State

ROUNDS = 16
_LONGEST_PAUSE = 0.003
_LOCK = "SELECT pg_advisory_lock(72616365)"
_START_SECONDS = 60

Outline = dict[str, str]


@dataclass(frozen=True, slots=True)
class RaceError:
    """A statement that fails when others boot at the same moment; `boots` is how many it stopped."""

    path: str
    line: int
    statement: int
    sqlstate: str
    message: str
    boots: int


@dataclass(frozen=True, slots=True)
class Race:
    """What became of boots at the same moment."""

    at_once: int
    tried: int
    """Boots, over all rounds."""
    survived: int
    """Those that no race stopped; a boot that fails as it does alone is among them."""
    errors: tuple[RaceError, ...]
    """The most frequent first."""
    differences: tuple[str, ...]
    """What databases came to in a race that all boots survived, and do not come to by the same boots in turn."""
    locked: int | None
    """How many of as many boots survive under an advisory lock; None when there was nothing to prevent."""

    @property
    def ok(self) -> bool:
        """Whether boots at the same moment come to what boots in turn come to."""
        return not self.errors and not self.differences

    @property
    def lock_helps(self) -> bool:
        """Whether no boot fails under the lock."""
        return self.locked == self.tried


def race(
    arena: Arena,
    at_once: int,
    *,
    blank: str,
    booted: str,
    fails_alone: Collection[StatementError] = (),
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Race:
    """Race on clones of two databases: `blank`, on which the ladder never ran, and `booted`, on which it did."""
    track = _Track(arena, at_once, (blank, booted), fails_alone)
    errors = track.rounds(rounds, seed, locked=False)
    counts = Counter((e.path, e.line, e.statement, e.sqlstate, e.message) for e in errors)
    tried = rounds * at_once
    found = tuple(RaceError(*error, boots) for error, boots in counts.most_common())
    differences = tuple(sorted(track.differences))
    locked = tried - len(track.rounds(rounds, seed, locked=True)) if found or differences else None
    return Race(at_once, tried, tried - len(errors), found, differences, locked)


class _Track:
    """The rounds of one race."""

    def __init__(
        self, arena: Arena, at_once: int, templates: tuple[str, str], fails_alone: Collection[StatementError]
    ) -> None:
        self.differences: set[str] = set()
        self._arena = arena
        self._at_once = at_once
        self._templates = templates
        self._fails_alone = {(error.path, error.statement) for error in fails_alone}
        self._in_turn: dict[str, Outline] = {}

    def rounds(self, count: int, seed: int, *, locked: bool) -> list[StatementError]:
        """Run the rounds and return the errors that are no boot's own."""
        return [error for number in range(count) for error in self._round(number, seed, locked=locked)]

    def _round(self, number: int, seed: int, *, locked: bool) -> Iterator[StatementError]:
        template = self._templates[number % 2]
        pauses = number % 4 >= 2
        start = Barrier(self._at_once, timeout=_START_SECONDS)
        with self._arena.database("raced", template), ThreadPoolExecutor(self._at_once) as boots:
            dice = [random.Random(f"{seed} {number} {boot}") for boot in range(self._at_once)]  # noqa: S311 - no secret
            running = [boots.submit(self._boot, start, die if pauses else None, locked) for die in dice]
            errors = [error for boot in running if (error := boot.result())]
            if not errors and not locked:
                self.differences |= _differences(self._turns(template), self._outline("raced"))
        yield from (error for error in errors if (error.path, error.statement) not in self._fails_alone)

    def _boot(self, start: Barrier, die: random.Random | None, locked: bool) -> StatementError | None:
        with self._arena.connect("raced") as connection:
            start.wait()
            refused = send(connection, _LOCK) if locked else None
            if refused and refused.error:  # whoever waits for the lock is in the way of CREATE INDEX CONCURRENTLY
                return StatementError("", 0, 0, refused.sqlstate, refused.message)
            for migration in self._arena.migrations:
                error = self._with_pauses(connection, migration, die) if die else apply_file(connection, migration)
                if error:
                    return error
        return None

    def _with_pauses(
        self, connection: Connection[TupleRow], migration: Migration, die: random.Random
    ) -> StatementError | None:
        steps = self._arena.steps(connection, migration)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                error: StatementError | None = end.value
                return error
            SystemClock.sleep(die.uniform(0, _LONGEST_PAUSE))

    def _turns(self, template: str) -> Outline:
        """Return what the boots come to one after the other."""
        if template not in self._in_turn:
            with self._arena.database("in_turn", template):
                for _ in range(self._at_once):
                    with self._arena.connect("in_turn") as connection:
                        apply_ladder(connection, self._arena.migrations)
                self._in_turn[template] = self._outline("in_turn")
        return self._in_turn[template]

    def _outline(self, database: str) -> Outline:
        with self._arena.connect(database) as connection:
            return outline(take(connection))


def outline(state: State) -> Outline:
    """Return the definitions of a database's objects, and how many rows its tables have."""
    rows = {f"rows of {name}": str(len(table.rows)) for name, table in state.tables.items()}
    return {f"{kind} {name}": fact.definition for (kind, name), fact in state.facts.items()} | rows


def _differences(expected: Outline, found: Outline) -> set[str]:
    names = {name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)}
    return {f"{name}: {found.get(name, 'none')}, not {expected.get(name, 'none')}" for name in names}
