"""A ladder with the chosen offers carried out, and which of its statements are made of which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from harness.fix.block import block, end_of, frame_of
from harness.sql.edits import Fix, apply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    title: str


class Part(NamedTuple):
    """The fix of statements in a row, by their numbers."""

    first: int
    last: int
    fix: Fix


@dataclass(frozen=True)
class Edited:
    """The ladder that a plan makes."""

    ladder: Ladder
    parts: Mapping[str, Sequence[Part]]
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
    migrations, parts, origins = [], {}, {}
    for migration in ladder.migrations:
        if migration.name not in by_file:
            migrations.append(migration)
            continue
        found = _parts(migration, by_file[migration.name], ladder.style)
        edits = [edit for part in found for edit in part.fix.edits]
        migrations.append(replace(migration, text=apply(migration.text, edits)))
        parts[migration.name] = found
        origins[migration.name] = _units(len(migration.statements), found)
    return Edited(replace(ladder, migrations=tuple(migrations)), parts, origins)


def _parts(migration: Migration, chosen: Plan, style: str) -> list[Part]:
    """Return the fixes of one file in order; what stands under a guard of several runs once, as it is."""
    guards = merged(chosen)
    parts = [_guarded(migration, guard, style) for guard in guards]
    guarded = {number for guard in guards for number in range(guard.first, guard.last + 1)}
    for (_, number), offer in chosen.items():
        if number not in guarded:
            parts.append(Part(number, number, Fix(offer.title, offer.edits)))
    return sorted(parts, key=lambda part: part.first)


def _guarded(migration: Migration, guard: Guard, style: str) -> Part:
    statements = migration.statements[guard.first - 1 : guard.last]
    frame = frame_of(migration.text, style, statements[0].start)
    edits = block(statements, end_of(migration.text, statements[-1]), guard.condition, frame)
    return Part(guard.first, guard.last, Fix(guard.title, tuple(edits)))


def merged(chosen: Plan) -> list[Guard]:
    """Return the guards of one file: those that overlap, or follow each other under one condition, are one."""
    found: list[Guard] = []
    guards = (Guard(o.first, key[1], o.condition, o.title) for key, o in chosen.items() if o.condition)
    for guard in sorted(guards):
        last = found[-1] if found else None
        if last and (guard.first <= last.last or _follows(last, guard)):
            found[-1] = last._replace(last=max(last.last, guard.last))
        else:
            found.append(guard)
    return found


def _follows(last: Guard, guard: Guard) -> bool:
    return guard.first == last.last + 1 and guard.condition == last.condition


def _units(count: int, parts: Sequence[Part]) -> list[range]:
    starts = {part.first: part.last for part in parts}
    units, number = [], 1
    while number <= count:
        last = starts.get(number, number)
        units.append(range(number, last + 1))
        number = last + 1
    return units
