"""How races and interruptions are told."""

from __future__ import annotations

from pathlib import Path

from harness.ladder.model import Ladder, Migration
from harness.replay.apply import StatementError
from harness.replay.interrupt import Interruption, Interruptions
from harness.replay.model import Cold, Replay, Warm
from harness.replay.race import Race, RaceError
from harness.report.replay import document, summary

PATH = "/ladder/1_a.up.sql"
LADDER = Ladder(Path("/ladder"), "golang-migrate", (Migration("1_a.up.sql", Path(PATH), "SELECT 1;\n"),))
DUPLICATE = RaceError(PATH, 1, 1, "23505", "duplicate key", 6)
RACE = Race(4, 64, 58, (DUPLICATE,), (), 64)
LOST = (
    Interruption(PATH, 1, 1, True, StatementError(PATH, 1, 1, "42P07", "there already")),
    Interruption(PATH, 1, 1, False, None, ("column public.t.b",)),
)


def told(race: Race | None, interruptions: Interruptions | None) -> list[str]:
    """Return the lines of a replay that is fine but for these."""
    return summary(replayed(race, interruptions), base=Path("/"), width=120).splitlines()


def replayed(race: Race | None = None, interruptions: Interruptions | None = None) -> Replay:
    """Return a replay that is fine but for these."""
    warm = Warm(0.1, None, (), 0)
    return Replay(LADDER, "18.1", Cold(0.1, None), warm, race=race, interruptions=interruptions)


def test_tells_a_race_and_whether_a_lock_helps() -> None:
    """The figure stands at the top, each statement with what it stops below, and the lock's effect."""
    lines = told(RACE, None)

    assert "race          58 of 64 boots survive, 4 at once; under an advisory lock 64" in lines
    assert "  ladder/1_a.up.sql:1 stops 6 boots: duplicate key (SQLSTATE 23505)" in lines
    assert any("a lock around the migrations prevents it" in line for line in lines)
    assert lines[-1] == "FAILED: boots race"


def test_tells_where_a_lock_does_not_help() -> None:
    """When boots fail under the lock as well, that is said."""
    lines = told(Race(2, 8, 6, (DUPLICATE,), (), 7), None)

    assert "  a lock around the migrations does not prevent it" in lines


def test_tells_differences_without_an_error() -> None:
    """What a race changed although every boot passed is told as that."""
    assert "  no boot fails, but rows of t: 3, not 1" in told(Race(2, 8, 8, (), ("rows of t: 3, not 1",), 8), None)


def test_tells_interruptions() -> None:
    """The figure, and for each lost one after which statement, in which state, and what the next boot does."""
    lines = told(None, Interruptions(7, 5, LOST))

    assert "interrupt     the next boot recovers from 5 of 7 interruptions" in lines
    place = "  after ladder/1_a.up.sql:1"
    assert f"{place}: the next boot stops at ladder/1_a.up.sql:1: there already (SQLSTATE 42P07)" in lines
    assert f"{place}, before its COMMIT: the next boot passes but leaves other things: column public.t.b" in lines
    assert lines[-1] == "FAILED: 2 interruptions beyond recovery"


def test_what_survives_fails_nothing() -> None:
    """A replay whose boots survive both is fine, and says so."""
    lines = told(Race(2, 8, 8, (), (), None), Interruptions(7, 7, ()))

    assert "race          8 of 8 boots survive, 2 at once" in lines
    assert lines[-1].startswith("PASSED")


def test_document_has_both() -> None:
    """The JSON document has each result whole, null where it was not asked for."""
    found = document(replayed(RACE, Interruptions(7, 5, LOST)))

    assert document(replayed())["race"] is None
    assert document(replayed())["interruptions"] is None
    assert (found["race"]["ok"], found["race"]["lock_helps"], found["race"]["errors"][0]["boots"]) == (
        False,
        True,
        6,
    )
    assert found["interruptions"]["lost"][0]["error"]["sqlstate"] == "42P07"
