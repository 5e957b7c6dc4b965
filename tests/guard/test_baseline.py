"""What was there when a ladder adopted the guard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.guard import baseline
from harness.guard.model import Report
from harness.guard.rules import RULES
from tests.guard.making import EVERY_BOOT, finding, ladder


def marks(text: str, code: str = "LAD102") -> list[str]:
    """Return the marks of a finding on each statement of a file."""
    made = ladder(text)
    count = len(made.migrations[0].statements)
    return [each.mark for each in baseline.marked(finding(made, RULES[code], n) for n in range(count))]


def test_what_is_around_a_statement_does_not_matter() -> None:
    """Lines, layout and comments are not in the mark."""
    assert marks("CREATE TABLE a (x int);") == marks("\n-- new\nCREATE  TABLE a (-- x\n\tx int)")


def test_what_a_statement_says_does() -> None:
    """Another rule or another statement has another mark, and so has the second of two that are alike."""
    (one,), (other,), (coded,) = marks("SELECT 1"), marks("SELECT 2"), marks("SELECT 1", "LAD103")
    first, second = marks("SELECT 1; SELECT 1")
    assert first == one
    assert len({one, other, coded, second}) == 4


def test_written_and_read(tmp_path: Path) -> None:
    """What is written is known afterwards; notes are not in it, and the file has one finding a line."""
    made = ladder("SELECT 1; SELECT 2")
    found = baseline.marked([finding(made, RULES["LAD102"]), finding(made, RULES["LAD904"], 1)])
    path = tmp_path / "known.json"
    assert baseline.write(path, [Report(made, EVERY_BOOT, found)]) == 1
    assert baseline.read(path) == {found[0].mark}
    assert json.loads(path.read_text())["findings"] == {found[0].mark: "LAD102 001.sql"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no baseline: "),
        ("[]", "no baseline of schema 1"),
        ('{"schema": 2, "findings": {}}', "no baseline of schema 1"),
        (None, "cannot read the baseline: "),
    ],
)
def test_what_is_no_baseline(text: str | None, message: str, tmp_path: Path) -> None:
    """One error with the file, and what to do where that is known."""
    path = tmp_path / "known.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=message):
        baseline.read(path)
