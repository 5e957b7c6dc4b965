"""nextval and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Sequence
from harness.simulator.catalog.store import Standing
from harness.simulator.errors import Refused
from harness.simulator.execute.functions import builtin
from harness.simulator.values import UNKNOWN, Fresh, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


def _find(session: Session, name: Value) -> Sequence | None:
    from harness.simulator import system  # noqa: PLC0415 - it stands on this room

    oid = system.regclass(session, name) if isinstance(name, str) else name
    found = session.store.get(oid) if isinstance(oid, int) else None
    return found if isinstance(found, Sequence) else None


def advance(session: Session, sequence: Sequence) -> Value:
    """Return a sequence's next value, and give it out."""
    standing = session.store.sequences.get(sequence.oid)
    if standing is None:
        return Fresh("nextval")
    value = standing.last + sequence.increment if standing.is_called else standing.last
    if not sequence.minimum <= value <= sequence.maximum:
        if not sequence.cycles:
            raise Refused("2200H", f'nextval: reached maximum value of sequence "{sequence.name}"')
        value = sequence.minimum if sequence.increment > 0 else sequence.maximum
    session.store.sequences[sequence.oid] = Standing(value, is_called=True)
    return value


@builtin("nextval", strict=False)
def _nextval(session: Session, name: Value) -> Value:
    sequence = _find(session, name)
    return Fresh("nextval") if sequence is None else advance(session, sequence)


@builtin("currval", strict=False)
def _currval(session: Session, name: Value) -> Value:
    sequence = _find(session, name)
    standing = session.store.sequences.get(sequence.oid) if sequence else None
    return standing.last if standing and standing.is_called else UNKNOWN


@builtin("lastval", strict=False)
def _lastval(_session: Session) -> Value:
    return UNKNOWN


@builtin("setval", strict=False)
def _setval(session: Session, name: Value, value: Value, is_called: Value = True) -> Value:
    sequence = _find(session, name)
    if value is None or name is None:
        return None
    if sequence is None:
        return value
    if not isinstance(value, int) or not isinstance(is_called, bool):
        session.store.sequences.pop(sequence.oid, None)
        return value
    if not sequence.minimum <= value <= sequence.maximum:
        said = f'setval: value {value} is out of bounds for sequence "{sequence.name}"'
        raise Refused("22003", f"{said} ({sequence.minimum}..{sequence.maximum})")
    session.store.sequences[sequence.oid] = Standing(value, is_called)
    return value
