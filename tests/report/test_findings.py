"""What a replay complains about, and what to do."""

from __future__ import annotations

from pathlib import Path

from harness.ladder.model import Ladder
from harness.replay.apply import StatementError
from harness.replay.interrupt import Interruption, Interruptions
from harness.replay.model import Cold, DataDrift, DataKind, Place, Replay, SchemaDrift, Warm
from harness.replay.race import Race, RaceError
from harness.report.findings import findings

LADDER = Ladder(Path("m"), "plain", ())
FAILURE = StatementError("m/1.sql", 3, 2, "42P07", 'relation "a" already exists')


def test_a_failing_statement() -> None:
    """Place, SQLSTATE and message in one line, and advice that fits the thing it names."""
    warm = Warm(0.1, FAILURE, (FAILURE,), 0)
    (finding,) = findings(Replay(LADDER, "18.1", Cold(0.1, None), warm))
    assert str(finding) == 'm/1.sql:3: 42P07 relation "a" already exists'
    assert finding.advice == "Write IF NOT EXISTS (CREATE OR REPLACE for a view)."


def test_a_boot_that_stops_where_no_statement_fails_alone() -> None:
    """What only the whole boot shows is a finding, too."""
    (finding,) = findings(Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, FAILURE, (), 0)))
    assert finding.sqlstate == "42P07"


def test_a_cold_boot_comes_first() -> None:
    """The failure on an empty database stands before those of the files that passed."""
    cold = StatementError("m/2.sql", 1, 1, "42601", "syntax \x1b[31merror\nhere")
    found = findings(Replay(LADDER, "18.1", Cold(0.1, cold), Warm(0.1, FAILURE, (FAILURE,), 0)))
    assert [str(finding) for finding in found] == [
        "m/2.sql:1: 42601 syntax error here",
        'm/1.sql:3: 42P07 relation "a" already exists',
    ]


def test_drift() -> None:
    """Every kind of drift but volatile values is a finding with advice; one without a statement has no place."""
    place = Place("m/1.sql", 7, 3)
    data = tuple(DataDrift(kind, "public.a", 3, 2, 1, (), place) for kind in DataKind)
    schema = (SchemaDrift("index", "public.i", "CREATE INDEX i", None, None),)
    replay = Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, None, (), 0), schema, data)
    found = list(findings(replay))
    assert str(found[0]) == "index public.i is gone"
    assert len(found) == 1 + len(DataKind) - 1
    assert all(finding.place == "m/1.sql:7" for finding in found[1:])
    assert all(finding.advice for finding in found)


def test_races_and_interruptions() -> None:
    """What did not survive other boots, or a kill, is a finding with its statement where one is known."""
    error = RaceError("m/1.sql", 3, 2, "23505", "duplicate key", 4)
    race = Race(at_once=3, tried=9, survived=5, errors=(error,), differences=("table a has 2 rows",), locked=9)
    stops = Interruption("m/1.sql", 5, 3, committed=True, error=FAILURE)
    differs = Interruption("m/1.sql", 6, 4, committed=True, error=None, differences=("index i is gone",))
    interruptions = Interruptions(tried=6, survived=4, lost=(stops, differs))
    replay = Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, None, (), 0), race=race, interruptions=interruptions)
    assert [str(finding) for finding in findings(replay)] == [
        "m/1.sql:3: 23505 duplicate key, in 4 boots at the same moment as others",
        "after boots at the same moment table a has 2 rows",
        'm/1.sql:5: 42P07 a boot is killed after it, and the next stops: relation "a" already exists',
        "m/1.sql:6: a boot is killed after it, and the next leaves other things: index i is gone",
    ]


def test_a_ladder_that_is_fine() -> None:
    """Nothing is found where nothing is wrong."""
    assert list(findings(Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, None, (), 0)))) == []
