"""A ladder with the chosen offers carried out, and which of its statements are made of which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from harness.fix.block import block, end_of, frame_of
from harness.sql.edits import Edit, apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.fix.offers import Offer
    from harness.fix.timeline import Key
    from harness.ladder.model import Ladder, Migration

Plan = dict["Key", "Offer"]
"""The offer that is taken for a statement."""


class Guard(NamedTuple):
    """Statements in a row, by their numbers, under one condition."""

    first: int
    last: int
    condition: str


@dataclass(frozen=True)
class Edited:
    """The ladder that a plan makes."""

    ladder: Ladder
    edits: Mapping[str, Sequence[Edit]]
    """By the file's name; only of files that change."""
    origins: Mapping[str, Sequence[range]]
    """For each statement of the edited file, in order, the numbers of those it was made of."""

    def keys(self, name: str, number: int) -> list[Key]:
        """Return the statements that one of the edited ladder was made of."""
        units = self.origins.get(name)
        return [(name, each) for each in units[number - 1]] if units else [(name, number)]


def carry_out(ladder: Ladder, plan: Plan) -> Edited:
    """Return the ladder with a plan carried out."""
    by_file: dict[str, Plan] = {}
    for key, offer in plan.items():
        by_file.setdefault(key[0], {})[key] = offer
    migrations, edits, origins = [], {}, {}
    for migration in ladder.migrations:
        chosen = by_file.get(migration.name)
        if not chosen:
            migrations.append(migration)
            continue
        guards = merged(chosen)
        edits[migration.name] = file_edits(migration, chosen, guards, ladder.style)
        migrations.append(replace(migration, text=apply(migration.text, edits[migration.name])))
        origins[migration.name] = _units(len(migration.statements), guards)
    return Edited(replace(ladder, migrations=tuple(migrations)), edits, origins)


def merged(chosen: Plan) -> list[Guard]:
    """Return the guards of one file: those that overlap, or follow each other under one condition, are one."""
    guards = sorted(Guard(offer.first, key[1], offer.condition) for key, offer in chosen.items() if offer.condition)
    found: list[Guard] = []
    for guard in guards:
        last = found[-1] if found else None
        if last and (guard.first <= last.last or _follows(last, guard)):
            found[-1] = last._replace(last=max(last.last, guard.last))
        else:
            found.append(guard)
    return found


def _follows(last: Guard, guard: Guard) -> bool:
    return guard.first == last.last + 1 and guard.condition == last.condition


def file_edits(migration: Migration, chosen: Plan, guards: Iterable[Guard], style: str) -> list[Edit]:
    """Return all edits of one file; what stands under a guard of several runs once, as it is."""
    edits: list[Edit] = []
    guarded: set[int] = set()
    for guard in guards:
        statements = migration.statements[guard.first - 1 : guard.last]
        frame = frame_of(migration.text, style, statements[0].start)
        edits += block(statements, end_of(migration.text, statements[-1]), guard.condition, frame)
        guarded.update(range(guard.first, guard.last + 1))
    for (_, number), offer in chosen.items():
        edits += offer.edits if number not in guarded else ()
    return edits


def _units(count: int, guards: Sequence[Guard]) -> list[range]:
    starts = {guard.first: guard.last for guard in guards}
    units, number = [], 1
    while number <= count:
        last = starts.get(number, number)
        units.append(range(number, last + 1))
        number = last + 1
    return units
