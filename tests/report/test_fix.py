"""What is told of fixes, from values alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.fix.model import FileFix, Fixed, Fixes, Left
from harness.ladder.model import Ladder, Migration
from harness.replay.apply import StatementError
from harness.replay.model import Cold, Replay, Warm
from harness.report.fix import diff, document, outcome, summary
from harness.sql.edits import Edit, Fix

PATH = Path("/srv/ladder/001.sql")
LADDER = Ladder(Path("/srv/ladder"), "plain", (Migration("001.sql", PATH, "DROP TABLE a;"),), why="one file")
ERROR = StatementError(str(PATH), 1, 1, "42P01", 'table "a" does not exist')
BEFORE = Replay(LADDER, "18.1", Cold(0.1, None), Warm(0.1, ERROR, (ERROR,), 0))
AFTER = replace(BEFORE, warm=Warm(0.1, None, (), 0))
FIXED = Fixed(str(PATH), 1, 1, ERROR.message, Fix("add IF EXISTS", (Edit(10, 10, " IF EXISTS"),), safe=True))
FILE = FileFix(PATH, "DROP TABLE a;", "DROP TABLE IF EXISTS a;", (FIXED,))
PROVED = Fixes(LADDER, BEFORE, AFTER, (FILE,))


def told(fixes: Fixes, *, written: bool = False) -> list[str]:
    """Return the lines of a summary."""
    return summary(fixes, written=written, base=Path("/srv")).splitlines()


def test_a_fix_is_told_with_its_place_and_reason() -> None:
    """The file, the line, what to do, and why."""
    lines = told(PROVED)
    at = lines.index("ladder/001.sql")
    assert lines[at + 1 : at + 3] == ["        1  add IF EXISTS", '           | table "a" does not exist']
    assert lines[-1] == "FAILED: 1 fix in 1 file proved; --write makes the ladder boot twice"


def test_written_fixes_pass() -> None:
    """With all fixes written there is nothing left to complain about."""
    assert told(PROVED, written=True)[-1] == (
        "PASSED: 1 fix in 1 file written: the ladder boots twice, and cold as before"
    )
    assert outcome(PROVED, written=True) == "passed"
    assert outcome(PROVED, written=False) == "failed"


def test_what_is_left_is_named() -> None:
    """A ladder that still fails does not pass, written or not."""
    left = replace(PROVED, after=BEFORE, left=(Left(str(PATH), 1, 1, "it fails", "nothing helps"),))
    lines = told(left, written=True)
    assert lines[lines.index("left as it is") :][1:3] == ["  ladder/001.sql:1", "      it fails: nothing helps"]
    assert lines[-1] == "FAILED: 1 fix in 1 file written; 1 statement left"
    assert outcome(left, written=True) == "failed"


def test_unproved_fixes_say_why() -> None:
    """Fixes that spoil something are shown, and are neither proved nor safe."""
    unproved = replace(PROVED, unproved="pg_dump says no")
    assert not unproved.proved
    assert not unproved.safe
    assert told(unproved)[-1] == "FAILED: not proved, nothing written: pg_dump says no"


def test_a_safe_ladder_has_nothing_to_fix() -> None:
    """Then there are no fixes, and that is a pass."""
    assert told(Fixes(LADDER, AFTER, AFTER))[-1] == "PASSED: nothing to fix"


def test_a_failing_cold_boot_is_told() -> None:
    """Nothing can be proved by a ladder that never boots."""
    cold = replace(BEFORE, cold=Cold(0.1, ERROR), warm=None)
    lines = told(Fixes(LADDER, cold, cold))
    assert 'cold boot     stops at ladder/001.sql:1: table "a" does not exist' in lines
    assert lines[-1] == "FAILED: the cold boot fails: nothing can be proved"


def test_the_diff_knows_files_without_a_last_line_break() -> None:
    """As diff itself writes them, so that patch takes them."""
    assert diff(PROVED, base=Path("/srv")) == (
        "--- ladder/001.sql\n+++ ladder/001.sql\n@@ -1 +1 @@\n"
        "-DROP TABLE a;\n\\ No newline at end of file\n"
        "+DROP TABLE IF EXISTS a;\n\\ No newline at end of file\n"
    )


def test_the_document_has_every_edit() -> None:
    """A program can carry the fixes out by their byte offsets."""
    found = document(PROVED, written=False)
    assert found["files"][0]["fixes"][0]["fix"] == {
        "title": "add IF EXISTS",
        "safe": True,
        "edits": [{"start": 10, "end": 10, "text": " IF EXISTS"}],
    }
    assert (found["outcome"], found["proved"], found["before"]["outcome"]) == ("failed", True, "failed")


def test_a_tool_with_checksums_is_a_reason_to_pause() -> None:
    """Flyway and its kin refuse to start on edited files: that is told with the fixes."""
    flyway = replace(PROVED, ladder=replace(LADDER, style="flyway"))
    (note,) = flyway.notes
    assert "flyway repair" in note
    assert "note: flyway keeps checksums" in "\n".join(told(flyway))
    assert PROVED.notes == ()
