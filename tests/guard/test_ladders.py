"""The small ladders of tests/ladders, and what the guard says of each without a database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.guard.judge import judge
from harness.guard.rules import FAILURES, RULES
from harness.ladder.discover import find_ladder
from tests.guard.making import EVERY_BOOT

LADDERS = Path(__file__).parents[1] / "ladders"
CASES = sorted(path.parent.name for path in LADDERS.glob("*/guard.json"))


def test_every_folder_is_a_case() -> None:
    """A ladder that nobody expects anything of would be tested by nobody."""
    assert sorted(path.name for path in LADDERS.iterdir()) == CASES


@pytest.mark.parametrize("case", CASES)
def test_ladder(case: str) -> None:
    """The guard finds what the case is there for, and nothing else; notes do not count."""
    report = judge(find_ladder(LADDERS / case), EVERY_BOOT)
    told = [
        f"{finding.code} {finding.migration.name}:{finding.line}"
        for finding in report.findings
        if finding.severity.counts
    ]
    assert told == json.loads((LADDERS / case / "guard.json").read_text())["findings"]


@pytest.mark.parametrize("case", CASES)
def test_what_fails_is_what_a_replay_found(case: str) -> None:
    """Where the guard says that the boot stops, a real Postgres has refused the statement, with the same words."""
    replayed = json.loads((LADDERS / case / "expected.json").read_text())["replay"]
    if "cold" in replayed:
        pytest.skip("the boot ends on an empty database already, at what the guard takes as given")
    report = judge(find_ladder(LADDERS / case), EVERY_BOOT)
    told = [
        f"{finding.migration.name}:{finding.line} {finding.sqlstate} {finding.message.partition(': ')[2]}"
        for finding in report.findings
        if finding.fails
    ]
    assert told == [each for each in replayed.get("failures", []) if each not in _UNSEEN]


_UNSEEN = (
    '001_users.sql:9 23514 check constraint "users_kind_enum" of relation "users" is violated by some row',
    '001_nodes.sql:9 23505 duplicate key value violates unique constraint "nodes_name_key"',
)
"""What fails by rows that others put in, as a replay does, and what only a COMMIT finds: a key that is deferred."""


def test_what_the_cases_show() -> None:
    """The historical bugs and their kin are among them, each by its own rule; most rules on failures are."""
    said = {
        case: {line.split()[0] for line in json.loads((LADDERS / case / "guard.json").read_text())["findings"]}
        for case in CASES
    }
    assert said["unguarded-check"] == said["unguarded-unique"] == {"LAD101"}
    assert said["conflict-key-replaced"] == {"LAD118"}
    assert said["null-in-conflict-key"] == {"LAD202"}
    assert said["guarded"] == set()
    assert set().union(*said.values()) <= set(RULES)
    assert len({rule.code for rule in FAILURES} & set().union(*said.values())) >= 10
