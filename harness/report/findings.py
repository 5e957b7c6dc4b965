"""What a replay complains about, one line each: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.diagnose.messages import complaint
from harness.diagnose.sqlstate import advice_for
from harness.report.replay import describe_data, describe_schema
from harness.report.text import clean, plural

if TYPE_CHECKING:
    from harness.replay.apply import StatementError
    from harness.replay.interrupt import Interruption
    from harness.replay.model import Place, Replay
    from harness.replay.race import Race

_SCHEMA_ADVICE = "Guard the statement, so that it leaves alone what an earlier boot has made."
_DATA_ADVICE = {
    "added": "Insert only what is missing: ON CONFLICT DO NOTHING on a key without NULLs, or WHERE NOT EXISTS.",
    "removed": "Delete only what this migration has to, by its key: rows that came later match it at every boot.",
    "changed": "Update only rows that still have the value that this migration is to replace.",
    "remade": "Make it only if it is not there: IF NOT EXISTS, without the DROP before it.",
    "sequence": "An INSERT takes a number even when ON CONFLICT discards the row: use WHERE NOT EXISTS.",
}

_RACE_ADVICE = "Let one boot migrate at a time: take pg_advisory_lock around the ladder."
_INTERRUPT_ADVICE = "Keep what belongs together in one transaction, and guard each statement by what it makes."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should mend; `sqlstate` is empty for a drift."""

    place: str
    """File and line of the statement; empty when no statement is known."""
    sqlstate: str
    text: str
    advice: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.place and f"{self.place}:", self.sqlstate, self.text) if part)


def findings(replay: Replay) -> Iterator[Finding]:
    """Yield what is wrong, the worst first: the cold boot, failing statements of the warm one, drift, races."""
    if replay.cold.failure:
        yield _failure(replay.cold.failure)
    if replay.warm:
        yield from map(_failure, replay.warm.failures or [f for f in [replay.warm.first_failure] if f])
    for change in replay.schema_drift:
        yield Finding(_place(change.place), "", clean(describe_schema(change)), _SCHEMA_ADVICE)
    for drift in replay.data_drift:
        if drift.is_finding:
            yield Finding(_place(drift.place), "", clean(describe_data(drift)), _DATA_ADVICE[drift.kind.value])
    yield from _races(replay.race)
    yield from map(_lost, replay.interruptions.lost if replay.interruptions else ())


def _races(race: Race | None) -> Iterator[Finding]:
    for error in race.errors if race else ():
        text = f"{clean(error.message)}, in {plural(error.boots, 'boot')} at the same moment as others"
        yield Finding(f"{error.path}:{error.line}", error.sqlstate, text, _RACE_ADVICE)
    for difference in race.differences if race else ():
        yield Finding("", "", f"after boots at the same moment {clean(difference)}", _RACE_ADVICE)


def _lost(lost: Interruption) -> Finding:
    then = f"stops: {lost.error.message}" if lost.error else f"leaves other things: {', '.join(lost.differences)}"
    text = clean(f"a boot is killed after it, and the next {then}")
    return Finding(f"{lost.path}:{lost.line}", lost.error.sqlstate if lost.error else "", text, _INTERRUPT_ADVICE)


def _failure(error: StatementError) -> Finding:
    said = complaint(error.message)
    advice = advice_for(error.sqlstate, said.kind if said else "")
    return Finding(f"{error.path}:{error.line}", error.sqlstate, clean(error.message), advice)


def _place(place: Place | None) -> str:
    return f"{place.path}:{place.line}" if place else ""
