"""Which later statement takes away what an earlier one needs."""

from __future__ import annotations

import pytest

from harness.guard.judge import judge
from tests.guard.making import EVERY_BOOT, ladder

TABLE = "CREATE TABLE IF NOT EXISTS a (x int, y int, CONSTRAINT a_key UNIQUE (x, y));"
DROP_KEY = "ALTER TABLE a DROP CONSTRAINT IF EXISTS a_key;"


@pytest.mark.parametrize(
    ("early", "late", "line"),
    [
        ("UPDATE a SET x = 1 WHERE x = 2;", "SELECT 1;\nALTER TABLE a RENAME COLUMN x TO z;", 2),
        ("CREATE INDEX IF NOT EXISTS i ON a (x);", "ALTER TABLE a DROP COLUMN IF EXISTS x;", 1),
        ("INSERT INTO a VALUES (1, 2) ON CONFLICT (x, y) DO NOTHING;", DROP_KEY, 1),
        ("COMMENT ON CONSTRAINT a_key ON a IS 'a';", DROP_KEY, 1),
        ("ALTER TABLE a RENAME CONSTRAINT a_key TO b_key;", "ALTER TABLE a DROP CONSTRAINT b_key;", None),
    ],
)  # fmt: skip
def test_the_culprit(early: str, late: str, line: int | None) -> None:
    """Dropped, renamed or replaced: it is the last statement that did so."""
    report = judge(ladder(TABLE, early, late), EVERY_BOOT)
    found = next(each for each in report.findings if each.migration.name == "002.sql" and each.fails)
    because = found.because and (found.because[0].name, found.because[1].line)
    assert because == (line and ("003.sql", line))


def test_nobody_is_to_blame() -> None:
    """What the statement itself has done is nobody else's doing, and what is there already is not gone."""
    made = ladder(TABLE, "ALTER TABLE a RENAME COLUMN x TO z;", "CREATE TABLE b (x int);")
    found = [each for each in judge(made, EVERY_BOOT).findings if each.fails]
    assert [each.because for each in found] == [None, None]
