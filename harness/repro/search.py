"""Looks for the few statements that a failure needs.

The symbolic Postgres tries hundreds of parts in the time that the real one takes for a few: what it comes to is a
proposal. The real one says whether that fails alike, and whether there is still something to leave out. Where it
says no, it looks by itself, whole files first.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import TYPE_CHECKING

from harness.repro.model import Boot, Part
from harness.repro.shrink import shrink
from harness.simulator.simulate import Step, steps_of
from harness.simulator.stops import Stop, outlook

if TYPE_CHECKING:
    from harness.ladder.model import Ladder
    from harness.repro.bench import Bench
    from harness.repro.model import Failure


@dataclass
class Search:
    """One search: a ladder, and where it stops."""

    ladder: Ladder
    failure: Failure
    bench: Bench
    _steps: list[Step] = field(init=False)
    _guilty: int = field(init=False)
    """The place of the failing statement among all; it is in every part."""

    def __post_init__(self) -> None:
        self._steps = [step for migration in self.ladder.migrations for step in steps_of(migration)]
        error = self.failure.error
        self._guilty = next(
            number
            for number, step in enumerate(self._steps)
            if str(step.migration.path) == error.path and step.statement.number == error.statement
        )

    def run(self) -> Part:
        """Return the part of which nothing can be left out without losing the failure."""
        kept = self._proposal()
        if kept is None or not self._fails(kept):
            kept = self._whole_files()
        return self._part(shrink(kept, self._fails))

    def _proposal(self) -> list[int] | None:
        """Return what the symbolic Postgres deems needed; None where it does not see the failure."""
        setup = list(steps_of(self.bench.setup)) if self.bench.setup else []
        whole = outlook(self._steps, setup)
        stop, error = whole.stop, self.failure.error
        found = None if stop is None else (stop.is_cold, stop.number, stop.sqlstate)
        if stop is None or found != (self.failure.boot is Boot.COLD, self._guilty, error.sqlstate):
            return None

        def fails(places: Sequence[int]) -> bool:
            part = self._with_the_guilty(places)
            seen = outlook([self._steps[place] for place in part], setup)
            wanted = Stop(stop.is_cold, part.index(self._guilty), stop.sqlstate, stop.message)
            return seen.stop == wanted and seen.assumed <= whole.assumed

        return shrink(self._others(), fails)

    def _whole_files(self) -> list[int]:
        files = [list(places) for _, places in groupby(self._others(), lambda n: self._steps[n].migration.name)]
        return list(chain(*shrink(files, lambda some: self._fails(list(chain(*some))))))

    def _others(self) -> list[int]:
        """Return the places of all statements that may be needed besides the failing one."""
        reached = self._guilty if self.failure.boot is Boot.COLD else len(self._steps)
        return [place for place in range(reached) if place != self._guilty]

    def _fails(self, places: Sequence[int]) -> bool:
        """Whether Postgres stops a part at the same boot and statement, with the same words."""
        part = self._part(places)
        seen = self.bench.stop(part.ladder())
        if seen is None or seen.boot is not self.failure.boot:
            return False
        error, wanted = seen.error, self.failure.error
        same = (error.sqlstate, error.message) == (wanted.sqlstate, wanted.message)
        return same and part.step(error) is self._steps[self._guilty]

    def _part(self, places: Sequence[int]) -> Part:
        return Part([self._steps[place] for place in self._with_the_guilty(places)])

    def _with_the_guilty(self, places: Sequence[int]) -> list[int]:
        part = list(places)
        insort(part, self._guilty)
        return part
