"""What may or may not run: tried out, so that what changes nothing needs no decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.simulator.errors import Refused, Unsure
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.plpgsql.variables import Frame, Variable
    from harness.simulator.session import Session


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the variables' values; or that it would change or end something (`is_plain` False)."""

    values: tuple[Value, ...]
    is_plain: bool
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


def attempt(session: Session, frame: Frame, run: Callable[[], Any]) -> Outcome:
    """Run something, see what it does, and undo it; a signal that it returns is an end of something."""
    variables = list(frame.everything())
    before = [variable.value for variable in variables]
    mark = session.store.mark()
    path, settings = session.search_path, dict(session.settings)
    is_refused = False
    with undone(session):
        try:
            is_plain = run() is None
        except Refused:
            is_plain, is_refused = False, True
        except Unsure:
            is_plain = False
        is_plain = is_plain and not session.store.changes(mark)
        is_plain = is_plain and (session.search_path, session.settings) == (path, settings)
        after = tuple(variable.value for variable in variables)
    for variable, value in zip(variables, before, strict=True):
        variable.value = value
    return Outcome(after, is_plain, is_refused)


def either(session: Session, frame: Frame, ways: Iterable[Callable[[], Any]], reason: str) -> None:
    """Run one of some ways, it is not known which: what they disagree on becomes UNKNOWN.

    Unsure with the reason where any of them changes the database or ends the block. In a first boot that nothing
    catches errors of, a way that Postgres refuses is not the one that is gone.
    """
    outcomes = [attempt(session, frame, way) for way in ways]
    if session.may_assume:
        outcomes = [outcome for outcome in outcomes if not outcome.is_refused] or outcomes
    if not all(outcome.is_plain for outcome in outcomes):
        raise Unsure(reason)
    variables: list[Variable] = list(frame.everything())
    for index, variable in enumerate(variables):
        values = [outcome.values[index] for outcome in outcomes]
        variable.value = values[0] if all(value is values[0] for value in values) else UNKNOWN
