"""What a tracked ladder meets when a boot was interrupted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.guard.interrupted import files_at_risk
from harness.guard.judge import judge
from tests.guard.making import TRACKED, ladder


@pytest.mark.parametrize(
    ("text", "style", "at_risk"),
    [
        ("CREATE TABLE a (x int); CREATE TABLE b (x int);", "numbered", False),
        ("BEGIN; CREATE TABLE a (x int); COMMIT;", "golang-migrate", False),
        ("BEGIN; CREATE TABLE a (x int); COMMIT;", "goose", True),
        ("BEGIN; CREATE TABLE a (x int); COMMIT; CREATE TABLE b (x int);", "numbered", True),
        ("CREATE INDEX CONCURRENTLY i ON a (x);", "numbered", True),
        ("VACUUM a;", "numbered", True),
    ],
)
def test_files_at_risk(text: str, style: str, at_risk: bool) -> None:
    """Those of which a part can stay; a tool's own transaction is ended by the file's COMMIT."""
    assert files_at_risk(ladder(text, style=style)) == ({"001.sql"} if at_risk else frozenset())


def test_a_file_outside_of_a_transaction() -> None:
    """It is at risk, whatever is in it."""
    made = ladder("CREATE TABLE a (x int);")
    assert files_at_risk(replace(made, migrations=(replace(made.migrations[0], transactional=False),)))


def told(*texts: str, style: str = "numbered") -> list[str]:
    """Return code and place of all findings."""
    report = judge(ladder(*texts, style=style), TRACKED)
    return [f"{finding.code} {finding.migration.name}:{finding.line}" for finding in report.findings]


def test_what_is_one_transaction_never_runs_again() -> None:
    """Under a tracker an unguarded statement is no finding."""
    assert told("CREATE TABLE a (x int);", "ALTER TABLE a ADD CHECK (x > 1);") == []


def test_a_file_that_runs_again_after_itself() -> None:
    """Statements that meet their own work are findings; what later files do does not matter."""
    assert told(
        "CREATE TABLE a (x int, y int);",
        "CREATE TABLE IF NOT EXISTS b (x int);\nCREATE INDEX CONCURRENTLY a_x ON a (x);",
        "DROP TABLE b;",
    ) == ["LAD302 002.sql:2"]


def test_an_index_that_is_taken_for_done() -> None:
    """IF NOT EXISTS lets the second run pass, and hides an index that is not valid."""
    files = ("CREATE TABLE a (x int);", "CREATE INDEX CONCURRENTLY IF NOT EXISTS a_x ON a (x);")
    assert told(*files) == ["LAD301 002.sql:1"]


def test_a_commit_in_the_transaction_of_the_tool() -> None:
    """It is a finding for the tools that begin one; what the file did cannot be run again."""
    text = "BEGIN;\nCREATE TABLE a (x int);\nCOMMIT;"
    assert told(text, style="goose") == ["LAD302 001.sql:2", "LAD303 001.sql:3"]
    assert told(text, style="golang-migrate") == []
