"""What is told of a reproduction, without a database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.ladder.model import Ladder, Migration
from harness.outcome import Outcome
from harness.replay.apply import StatementError
from harness.report.cause import Page
from harness.report.repro import document, outcome, summary
from harness.repro.model import Boot, Failure, Part, Repro
from harness.simulator.simulate import steps_of
from tests.repro.making import cause

FILE = Migration("1_a.up.sql", Path("/shop/db/1_a.up.sql"), "CREATE TABLE a (\n  id int);\nSELECT 1;\n")
LADDER = Ladder(Path("/shop/db"), "golang-migrate", (FILE,), why="its names")
ERROR = StatementError("/shop/db/1_a.up.sql", 1, 1, "42P07", 'relation "a" already exists')
STEPS = list(steps_of(FILE))[:1]
PROVED = Repro(LADDER, "18.6", None, Failure(Boot.WARM, ERROR), part=Part(STEPS), folder=Path("out dir"), trials=3)
DIFFERENT = Repro(LADDER, "18.6", cause(), Failure(Boot.WARM, ERROR), differs=("another place",))


def told(found: Repro) -> str:
    """Return the summary as it is told in /shop."""
    return summary(found, Page(Path("/shop"), 90))


def test_what_is_proved() -> None:
    """Where it stops, what it takes, and the commands that show it."""
    assert (
        told(PROVED)
        == """\
  ladder      db: 1 file, golang-migrate: its names
  postgres    18.6
  warm boot   stops at db/1_a.up.sql:1 (SQLSTATE 42P07)
              relation "a" already exists
  needs       1 of 2 statements
              1_a.up.sql:1  CREATE TABLE a ( id int)
  written     out dir: bootsmoke replay 'out dir'
              createdb repro && psql -X -d repro -f 'out dir/repro.sql'
REPRODUCED: the warm boot fails"""
    )


def test_what_differs() -> None:
    """With what may be missing."""
    assert (
        told(DIFFERENT)
        == """\
  cause       BOOT101 exists: it is there
  ladder      db: 1 file, golang-migrate: its names
  postgres    18.6
  warm boot   stops at db/1_a.up.sql:1 (SQLSTATE 42P07)
              relation "a" already exists
  differs     another place
  do          give the ladder as it was when the log was written, and what stands before
              it (--setup FILE)
NOT REPRODUCED: see what differs"""
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (PROVED, Outcome.FAILED),
        (DIFFERENT, Outcome.INCONCLUSIVE),
        (Repro(LADDER, "18.6", None, None), Outcome.PASSED),
        (Repro(LADDER, "18.6", cause(), None, ("both boots pass",)), Outcome.INCONCLUSIVE),
    ],
)
def test_the_outcome(found: Repro, expected: Outcome) -> None:
    """A failure that was reproduced is a finding; one that somebody told of, and that does not come, is none."""
    assert outcome(found) is expected
    assert document(found)["outcome"] == expected.value


def test_setup_and_rows_are_in_the_command() -> None:
    """A replay needs them, too."""
    beside = Migration("x", Path("x"), "SELECT 1;")
    found = replace(PROVED, folder=Path("out"), setup=beside, seed=beside)
    assert document(found)["replay"] == "bootsmoke replay out --setup out/setup.sql --seed out/seed.sql"


def test_hostile_text_reaches_no_terminal() -> None:
    """Neither from a statement nor from a message."""
    evil = replace(FILE, name="1_\x1b[2J.up.sql", text="SELECT '\x1b]52;c;x\x07\u202e';")
    error = replace(ERROR, message="no \x1b[31m")
    found = replace(PROVED, failure=Failure(Boot.WARM, error), part=Part(list(steps_of(evil))))
    assert all(character.isprintable() or character == "\n" for character in told(found))
