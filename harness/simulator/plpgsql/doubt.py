"""What may or may not run: tried out, so that what changes nothing but rows needs no decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Object, Relation, Row
from harness.simulator.errors import Refused, Unsure
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.plpgsql.machine import Signal
    from harness.simulator.plpgsql.variables import Frame
    from harness.simulator.session import Session

Way = Callable[[], "Signal | None"]
Changes = Mapping[int, tuple[Object | None, Object | None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the variables' values, and what it has changed."""

    values: tuple[Value, ...]
    changes: Changes
    is_plain: bool
    """It has ended nothing, set nothing, and changed nothing but rows."""
    is_refused: bool = False


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Undo at the end all that is done within, sequences and settings too."""
    mark = session.store.mark()
    sequences = {oid: replace(standing) for oid, standing in session.store.sequences.items()}
    restore, assumed = session.keep(), list(session.assumed)
    try:
        yield
    finally:
        session.store.rollback(mark)
        session.store.sequences.clear()
        session.store.sequences.update(sequences)
        restore()
        session.assumed[:] = assumed


def attempt(session: Session, frame: Frame, way: Way) -> Outcome:
    """Go a way, see what it does, and undo it."""
    variables = list(frame.everything())
    before = [variable.value for variable in variables]
    mark = session.store.mark()
    path, settings = session.search_path, dict(session.settings)
    is_refused = False
    with undone(session):
        try:
            is_plain = way() is None
        except Refused:
            is_plain, is_refused = False, True
        except Unsure:
            is_plain = False
        changes = session.store.changes(mark)
        is_plain = is_plain and (session.search_path, session.settings) == (path, settings)
        is_plain = is_plain and are_of_rows(changes)
        after = tuple(variable.value for variable in variables)
    for variable, value in zip(variables, before, strict=True):
        variable.value = value
    return Outcome(after, changes, is_plain, is_refused)


def are_of_rows(changes: Changes) -> bool:
    """Whether nothing but rows is changed."""
    return all(_is_of_rows(*pair) for pair in changes.values())


def _is_of_rows(before: Object | None, after: Object | None) -> bool:
    """Whether a change is one of a row, or of what is known of a table's rows."""
    if isinstance(before, Relation) and isinstance(after, Relation):
        return replace(before, has_all_rows=after.has_all_rows) == after
    return isinstance(after or before, Row)


def either(session: Session, frame: Frame, ways: Sequence[Way], reason: str) -> Signal | None:
    """Go one of some ways, it is not known which: what they disagree on becomes UNKNOWN.

    Unsure with the reason where any of them changes more than rows or ends the block. In a first boot of which
    nothing catches the errors, a way that Postgres refuses is not the one that is gone.
    """
    outcomes = [attempt(session, frame, way) for way in ways]
    if session.may_assume:
        possible = [place for place, outcome in enumerate(outcomes) if not outcome.is_refused]
        if len(possible) == 1 < len(ways):
            return ways[possible[0]]()
        outcomes = [outcomes[place] for place in possible] or outcomes
    if not all(outcome.is_plain for outcome in outcomes):
        raise Unsure(reason)
    for place, variable in enumerate(frame.everything()):
        variable.value = _agreed([outcome.values[place] for outcome in outcomes])
    blur(session, [outcome.changes for outcome in outcomes])
    return None


def blur(session: Session, changes: Iterable[Changes]) -> None:
    """Take note that rows may have been changed in one of several ways."""
    all_changes = list(changes)
    for oid in dict.fromkeys(oid for each in all_changes for oid in each):
        before = session.store.get(oid)
        after = [each[oid][1] if oid in each else before for each in all_changes]
        if all(one == after[0] for one in after):
            _settle(session, oid, after[0])
        else:
            _blur(session, before, [*after, before])


def _settle(session: Session, oid: int, after: Object | None) -> None:
    if after is None:
        session.store.remove(oid)
    else:
        session.store.put(after)


def _blur(session: Session, before: Object | None, after: Sequence[Object | None]) -> None:
    """Leave of a row what it has in all cases; where it may be missing, only that it may be there."""
    rows = [row for row in after if isinstance(row, Row)]
    if not rows:
        return
    table = session.store.of(rows[0].table, Relation)
    if table.has_all_rows:
        session.store.put(replace(table, has_all_rows=False))
    if isinstance(before, Row) and None in after:
        session.store.remove(before.oid)
    elif isinstance(before, Row):
        numbers = {number for row in rows for number in row.values}
        values = {number: _agreed([row.values.get(number) for row in rows]) for number in numbers}
        session.store.put(replace(before, values=values))


def _agreed(values: Sequence[Value]) -> Value:
    """Return what all of some values are; UNKNOWN where they are not the same."""
    return values[0] if all(value is values[0] for value in values) else UNKNOWN
