"""What a campaign prints, on verdicts that are made up."""

from __future__ import annotations

from harness.outcome import Verdict
from tests.behaviours import table
from tests.behaviours.case import Case, Expected
from tests.behaviours.peer import Said
from tests.behaviours.play import Given

GREEN = Expected(Verdict.READY, "it stays")
LOOP = Expected(Verdict.CRASHLOOP, "the same reason twice", exits=2)
FATAL = Expected(Verdict.FAILED, "the next start meets it", exits=1, is_fatal=True)


def case(expected: Expected) -> Case:
    """Make a case with a label and no life."""
    return Case("behaviour", "always", (("exit 1",),), (expected,))


CASES = {"stays-0": case(GREEN), "loops-1": case(LOOP), "loops-2": case(LOOP), "fatal-3": case(FATAL)}
BOOTS = table.judged(
    CASES,
    {
        "stays-0": [Given(Verdict.FAILED, "exited")],
        "loops-1": [Given(Verdict.READY)],
        "loops-2": [Given(Verdict.CRASHLOOP, exits=2, latency=0.04)],
        "fatal-3": [Given(Verdict.CRASHLOOP, exits=2, latency=0.5)],
    },
)


def test_every_wrong_verdict_is_told_with_its_case() -> None:
    """A red for a green is a false red, a green for a red a false green, a red for another red neither."""
    head, *told = table.mistakes(BOOTS)
    assert head == "4 boots: 1 false green, 1 false red, 1 red of another kind, 0 no verdict"
    assert [line.split(",")[0].strip() for line in told] == [
        *("false red: stays-0", "false green: loops-1", "red of another kind: fatal-3")
    ]


def test_the_matrix_counts_expected_by_given() -> None:
    """A row for what should have been said, a column for what was."""
    rows = {row[0]: row[1:] for row in (line.split() for line in table.matrix(BOOTS))}
    assert rows["ready"] == [".", "1", ".", ".", ".", "."]
    assert rows["crashloop"] == ["1", ".", "1", ".", ".", "."]


def test_latencies_are_those_of_right_verdicts() -> None:
    """A wrong verdict's time says nothing."""
    lines = list(table.latencies(BOOTS))
    assert lines[1].split()[-1] == "0"
    assert lines[-1].split()[-5:] == ["1", "40", "40", "40", "loops-2"]


def test_composes_mistakes_are_counted_by_behaviour() -> None:
    """The same labels, and its exit code for a verdict."""
    said = {"stays-0": [Said(True, 1)], "loops-1": [Said(True, 1)], "loops-2": [Said(False, 1)]}
    head, *told = table.peer(CASES, said | {"fatal-3": [Said(True, 1)]})
    assert head == "docker compose up --wait: 4 boots, 2 false green, 0 false red"
    assert told == ["  green: behaviour 2"]
