"""`bootsmoke bisect` as a person and a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main
from tests.bisect.writing import Written

pytestmark = pytest.mark.postgres

GOOD = "CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY);\n"
BROKEN = "CREATE TABLE a (id int PRIMARY KEY);\n"
COLD = "SELECT * FROM nowhere;\n"


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Make an empty repository."""
    return Written(tmp_path)


def bisected(written: Written, good: str, *words: str) -> int:
    """Run the command on the ladder of a repository."""
    return main(["bisect", "--good", good, str(written.top / "m"), *words])


def test_found(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A commit that was found is exit code 1: progress on stderr, the replay and the commit on stdout."""
    good = written.commit("begin", {"m/1.sql": GOOD})
    bad = written.commit("unguard", {"m/1.sql": f"-- why\n{BROKEN}"})
    assert bisected(written, good) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        f"{good[:10]}  good        begin",
        f'{bad[:10]}  bad         m/1.sql:2: 42P07 relation "a" already exists',
    ]
    assert '        2  42P07  relation "a" already exists\n' in captured.out
    assert captured.out.endswith(
        f"FOUND: {bad[:10]} is the first commit after which the ladder does not survive a second boot\n"
    )


def test_document(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json stdout is one document, with the place of the statement in the repository."""
    good = written.commit("begin", {"m/1.sql": GOOD})
    bad = written.commit("unguard", {"m/1.sql": f"-- why\n{BROKEN}"})
    assert bisected(written, good, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["outcome"], found["first_bad"]["sha"]) == (1, "failed", bad)
    assert found["replay"]["first_failure"] == {
        "path": "m/1.sql",
        "line": 2,
        "statement": 1,
        "sqlstate": "42P07",
        "message": 'relation "a" already exists',
    }


def test_nothing_to_find(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A good ladder at the bad end is exit code 0."""
    good = written.commit("begin", {"m/1.sql": GOOD})
    assert bisected(written, good) == 0
    assert f"PASSED: nothing to find: the ladder of {good[:10]} is good\n" in capsys.readouterr().out


def test_inconclusive(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A break that hides among skipped commits is exit code 3, with all that it can be."""
    good = written.commit("begin", {"m/1.sql": GOOD})
    written.commit("cold", {"m/1.sql": COLD})
    written.commit("unguard", {"m/1.sql": BROKEN})
    assert bisected(written, good) == 3
    out = capsys.readouterr().out
    assert " by Ann: cold\n" in out
    assert " by Ann: unguard\n" in out


def test_a_good_end_that_is_bad(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """A good end that is bad is exit code 2, and the line of its trial says which statement it is."""
    good = written.commit("begin", {"m/1.sql": BROKEN})
    assert bisected(written, good) == 2
    trial, error, help_ = capsys.readouterr().err.splitlines()
    assert trial == f'{good[:10]}  bad         m/1.sql:1: 42P07 relation "a" already exists'
    assert error.startswith(f"bootsmoke: error: --good {good[:10]} is not good: its warm boot fails")
    assert help_.startswith("  help: name a commit from which the ladder boots twice")
