"""What `bisect` tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.bisect.model import Bisection, Health, Trial
from harness.git import Commit
from harness.ladder.model import Ladder, Migration
from harness.replay.apply import StatementError
from harness.replay.model import Cold, Replay, Warm
from harness.report.bisect import document, line, outcome, summary

MIGRATION = Migration("2.sql", Path("db/m/2.sql"), "-- two\nCREATE TABLE a (id int);\n")
LADDER = Ladder(Path("db/m"), "numbered", (MIGRATION,), why="all its .sql files begin with a number")
FAILURE = StatementError("db/m/2.sql", 2, 1, "42P07", 'relation "a" already exists')
BROKEN = Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, FAILURE, (FAILURE,), 0))
FINE = Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, None, (), 0))


def commit(letter: str, subject: str) -> Commit:
    """Make a commit."""
    return Commit(letter * 40, "Ann", "2026-03-01", subject)


GOOD = Trial(commit("a", "Begin"), Health.GOOD, FINE, "", repeated=False)
SKIPPED = Trial(commit("b", "Oops"), Health.UNREADABLE, None, "db/m/2.sql:1:4: not\x1b[2J UTF-8", repeated=False)
BAD = Trial(commit("c", "Make \x1b[31ma"), Health.BAD, BROKEN, "", repeated=False)
END = replace(BAD, commit=commit("d", "End"), repeated=True)
FOUND = Bisection(
    path="db/m",
    style="numbered",
    why_style="all its .sql files begin with a number",
    postgres="18.1",
    good=GOOD,
    bad=END,
    touching=5,
    trials=(GOOD, END, SKIPPED, BAD),
    suspects=(BAD.commit,),
    first_bad=BAD,
)


def test_the_commit_that_was_found() -> None:
    """Its replay, with the statement's line, and then the commit; nothing that a terminal would obey."""
    told = summary(FOUND).splitlines()
    assert '        2  42P07  relation "a" already exists' in told
    assert "           | CREATE TABLE a (id int);" in told
    assert told[-6:] == [
        "searched      5 commits of aaaaaaaaaa..dddddddddd that touch db/m, in 2 replays, assuming that what",
        "              is once broken stays broken",
        "skipped       bbbbbbbbbb",
        f"first bad     {'c' * 40} of 2026-03-01 by Ann",
        "              Make a",
        "FOUND: cccccccccc is the first commit after which the ladder does not survive a second boot",
    ]


def test_several_suspects() -> None:
    """Where skipped commits hide the break, all suspects are listed, at most twenty, and no one is accused."""
    suspects = tuple(commit("e", f"number {number}") for number in range(22))
    told = summary(replace(FOUND, first_bad=None, suspects=suspects)).splitlines()
    assert "suspects      eeeeeeeeee of 2026-03-01 by Ann: number 0" in told
    assert told[-2:] == [
        "              and 2 more: --json has them all",
        "INCONCLUSIVE: the first bad commit is one of these; the others cannot be judged",
    ]


def test_nothing_to_find() -> None:
    """A good end on both sides is told in three lines."""
    assert summary(replace(FOUND, bad=GOOD, touching=0, trials=(GOOD,), suspects=(), first_bad=None)) == "\n".join(
        [
            "ladder        db/m: numbered: all its .sql files begin with a number",
            "postgres      18.1",
            "PASSED: nothing to find: the ladder of aaaaaaaaaa is good",
        ]
    )


def test_progress() -> None:
    """One line for each trial: the commit, its health, and what is wrong or else what it is about."""
    assert [line(trial, width=70) for trial in FOUND.trials] == [
        "aaaaaaaaaa  good        Begin",
        "dddddddddd  bad         same ladder as before",
        "bbbbbbbbbb  unreadable  db/m/2.sql:1:4: not UTF-8",
        'cccccccccc  bad         db/m/2.sql:2: 42P07 relation "a" already e ...',
    ]


def test_document() -> None:
    """The document has the commit, its whole replay, and each trial."""
    found = document(FOUND)
    assert (found["schema"], found["outcome"], found["commits"], found["replays"]) == (1, "failed", 5, 2)
    assert found["first_bad"]["sha"] == "c" * 40
    assert found["replay"]["first_failure"]["line"] == 2
    assert found["ladder"] == {"path": "db/m", "style": "numbered", "why": LADDER.why}
    assert [(trial["commit"][0], trial["health"]) for trial in found["trials"]] == [
        ("a", "good"),
        ("d", "bad"),
        ("b", "unreadable"),
        ("c", "bad"),
    ]


def test_outcomes() -> None:
    """Found is failed, nothing to find is passed, and several suspects are inconclusive."""
    assert outcome(FOUND) == "failed"
    assert outcome(replace(FOUND, bad=GOOD, first_bad=None)) == "passed"
    assert outcome(replace(FOUND, first_bad=None)) == "inconclusive"
