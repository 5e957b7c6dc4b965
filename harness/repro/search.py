"""Looks for the few statements that a failure needs.

The symbolic Postgres tries hundreds of parts in the time that the real one takes for a few: what it comes to is a
proposal. The real one says whether that fails alike, and whether there is still something to leave out. Where it
says no, it looks by itself, whole files first. Where many statements are left, tables lose their foreign keys, for
which other tables are needed.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.repro.cut import without_references
from harness.repro.model import Boot, Part
from harness.repro.shrink import shrink
from harness.simulator import simulate
from harness.simulator.simulate import Step, steps_of
from harness.simulator.stops import Stop, outlook

if TYPE_CHECKING:
    from harness.ladder.model import Ladder
    from harness.repro.bench import Bench
    from harness.repro.model import Failure

_FEW = 3
"""From so many statements beside the failing one on, foreign keys are left out."""


@dataclass
class Search:
    """One search: a ladder, and where it stops."""

    ladder: Ladder
    failure: Failure
    bench: Bench
    _steps: list[Step] = field(init=False)
    _guilty: int = field(init=False)
    """The place of the failing statement among all; it is in every part."""
    _is_quick: bool = True
    """Whether a change is looked for without who did it, which takes a tenth of the time."""

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
        part = self._shrunk()
        if self.failure.is_change and not self._is_told_of(part):
            self._is_quick = False  # another statement does the same
            part = self._shrunk()
        return part

    def _shrunk(self) -> Part:
        kept = self._proposal()
        if kept is None or not self._fails(kept):
            kept = self._whole_files()
        kept = shrink(kept, self._fails)
        if len(kept) >= _FEW:
            for place in reversed(kept):
                self._unrefer(place, kept)
            kept = shrink(kept, self._fails)
        return self._part(kept)

    def _unrefer(self, place: int, kept: Sequence[int]) -> None:
        """Leave out the foreign keys of a table's columns, if the failure does not need them."""
        step = self._steps[place]
        text = without_references(step.statement.text)
        if text != step.statement.text:
            self._steps[place] = replace(step, statement=replace(step.statement, text=text))
            if not self._fails(kept):
                self._steps[place] = step

    def _proposal(self) -> list[int] | None:
        """Return what the symbolic Postgres deems needed; None where it does not see the failure."""
        fails = self._as_a_change() if self.failure.is_change else self._as_a_stop()
        return fails and shrink(self._others(), fails)

    def _as_a_stop(self) -> Callable[[Sequence[int]], bool] | None:
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

        return fails

    def _as_a_change(self) -> Callable[[Sequence[int]], bool] | None:
        whole = simulate(self.ladder, self.bench.setup)
        drifts = whole.verdicts[self._guilty].drifts
        if not drifts:
            return None

        def fails(places: Sequence[int]) -> bool:
            place = self._with_the_guilty(places).index(self._guilty)
            seen = simulate(self._part(places).ladder(), self.bench.setup)
            return seen.verdicts[place].drifts == drifts and set(seen.assumed) <= set(whole.assumed)

        return fails

    def _whole_files(self) -> list[int]:
        files = [list(places) for _, places in groupby(self._others(), lambda n: self._steps[n].migration.name)]
        return list(chain(*shrink(files, lambda some: self._fails(list(chain(*some))))))

    def _others(self) -> list[int]:
        """Return the places of all statements that may be needed besides the failing one."""
        reached = self._guilty if self.failure.boot is Boot.COLD else len(self._steps)
        return [place for place in range(reached) if place != self._guilty]

    def _fails(self, places: Sequence[int]) -> bool:
        """Whether a part fails on Postgres at the same boot and statement, with the same words."""
        part = self._part(places)
        try:
            if self.failure.is_change and self._is_quick:
                return self.failure.error.message in self.bench.changes(part.ladder())
            return self._is_told_of(part)
        except UsageError:  # the setup or the rows need what was left out
            return False

    def _is_told_of(self, part: Part) -> bool:
        wanted = self.failure
        return any(
            (each.boot, each.error.sqlstate, each.error.message)
            == (wanted.boot, wanted.error.sqlstate, wanted.error.message)
            and part.step(each.error) is self._steps[self._guilty]
            for each in self.bench.symptoms(part.ladder())
        )

    def _part(self, places: Sequence[int]) -> Part:
        return Part([self._steps[place] for place in self._with_the_guilty(places)])

    def _with_the_guilty(self, places: Sequence[int]) -> list[int]:
        part = list(places)
        insort(part, self._guilty)
        return part
