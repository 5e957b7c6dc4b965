"""What races and interruptions came to, for a person in lines, and in the document of `replay --json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.report.text import plural, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.replay.interrupt import Interruption, Interruptions
    from harness.replay.model import Replay
    from harness.replay.race import Race

_MOST = 20


def race_document(race: Race | None) -> dict[str, Any] | None:
    """Return a race as `replay --json` has it."""
    return None if race is None else {"ok": race.ok, "lock_helps": race.lock_helps, **asdict(race)}


def interruptions_document(interruptions: Interruptions | None) -> dict[str, Any] | None:
    """Return interruptions as `replay --json` has them."""
    return None if interruptions is None else {"ok": interruptions.ok, **asdict(interruptions)}


def figures(replay: Replay) -> Iterator[tuple[str, str]]:
    """Yield what was tried and survived, each under its name."""
    race, interruptions = replay.race, replay.interruptions
    if race:
        locked = f"; under an advisory lock {race.locked}" if race.locked is not None else ""
        yield "race", f"{race.survived} of {race.tried} boots survive, {race.at_once} at once{locked}"
    if interruptions:
        told = plural(interruptions.tried, "interruption")
        yield "interrupt", f"the next boot recovers from {interruptions.survived} of {told}"


def findings(replay: Replay, base: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield a title and lines for what did not survive; paths below `base` are written relative to it."""
    if replay.race and not replay.race.ok:
        yield "boots at the same moment disturb each other", list(_race(replay.race, base))
    if replay.interruptions and not replay.interruptions.ok:
        lost = replay.interruptions.lost
        lines = [_interruption(each, base) for each in lost[:_MOST]]
        more = [f"and {len(lost) - _MOST} more: --json has them all"] if len(lost) > _MOST else []
        yield "a boot that is killed leaves what the next one does not recover", lines + more


def faults(replay: Replay) -> Iterator[str]:
    """Yield what the closing line says."""
    if replay.race and not replay.race.ok:
        yield "boots race"
    if replay.interruptions and not replay.interruptions.ok:
        yield f"{plural(len(replay.interruptions.lost), 'interruption')} beyond recovery"


def _race(race: Race, base: Path) -> Iterator[str]:
    for error in race.errors:
        where = f"{shown(error.path, base)}:{error.line}"
        yield f"{where} stops {plural(error.boots, 'boot')}: {error.message} (SQLSTATE {error.sqlstate})"
    yield from (f"no boot fails, but {difference}" for difference in race.differences[:_MOST])
    if race.lock_helps:
        yield "a lock around the migrations prevents it: SELECT pg_advisory_lock(...) before, unlock after"
    elif race.locked is not None:
        yield "a lock around the migrations does not prevent it"


def _interruption(lost: Interruption, base: Path) -> str:
    state = "" if lost.committed else ", before its COMMIT"
    place = f"after {shown(lost.path, base)}:{lost.line}{state}"
    if lost.error:
        error = lost.error
        where = f"{shown(error.path, base)}:{error.line}"
        return f"{place}: the next boot stops at {where}: {error.message} (SQLSTATE {error.sqlstate})"
    return f"{place}: the next boot passes but leaves other things: {', '.join(lost.differences)}"
