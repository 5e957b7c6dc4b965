"""Whether a failure is the one that a log told of, without a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.replay.apply import StatementError
from harness.repro.compare import differences, find
from harness.repro.model import Boot, Failure
from tests.repro.making import cause, ladder

LADDER = ladder(a="SELECT 1;", b="SELECT 1;\nSELECT 2;")
MESSAGE = 'constraint "c" for relation "t" already exists'
FAILURE = Failure(Boot.WARM, StatementError("b.sql", 2, 2, "42710", MESSAGE))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sqlstate": "42710", "path": "b.sql", "line": 2}, []),
        ({"sqlstate": "42710", "path": "/somewhere/else/b.sql", "line": 2}, []),
        ({"sqlstate": "42710", "path": "b.sql", "line": None}, []),
        ({"sqlstate": "42710"}, []),
        ({"sqlstate": None, "path": "b.sql", "line": 2}, []),
        ({"sqlstate": "42710", "path": "a.sql", "line": 1, "confidence": "guessed", "object": "c"}, []),
        (
            {"sqlstate": "42P07", "path": "b.sql", "line": 2},
            [f"SQLSTATE 42710 ({MESSAGE}) instead of 42P07"],
        ),
        ({"sqlstate": "42710", "path": "b.sql", "line": 1}, ["the warm boot stops at b.sql:2 instead of b.sql:1"]),
        ({"sqlstate": "42710", "path": "a.sql", "line": 1}, ["the warm boot stops at b.sql:2 instead of a.sql:1"]),
        ({"sqlstate": "42710", "path": "z.sql"}, ["z.sql is not in the ladder made"]),
        (
            {"sqlstate": "42710", "object": "other", "confidence": "guessed"},
            [f"it is not about other: {MESSAGE}"],
        ),
        (
            {"code": "BOOT110", "object": "t"},
            [f"the warm boot stops with SQLSTATE 42710 ({MESSAGE})"],
        ),
    ],
)
def test_what_differs_is_told(fields: dict[str, str | int | None], expected: list[str]) -> None:
    """State, place and object, as far as the log knows them for sure."""
    assert list(differences(cause(**fields), FAILURE, LADDER)) == expected


def test_a_ladder_that_passes_differs() -> None:
    """A log that tells of a failure, and boots that do not fail."""
    assert differences(cause(sqlstate="42710"), None, LADDER) == ("both boots pass",)


def test_without_a_cause_nothing_differs() -> None:
    """Whatever fails is what was to be proved."""
    assert differences(None, FAILURE, LADDER) == ()


def test_a_migration_goes_by_its_path_or_by_its_name_alone() -> None:
    """A log names files as the server sees them; a name that two files have means neither."""
    there = ladder(**{"x/up": "SELECT 1;", "y/up": "SELECT 2;", "z": "SELECT 3;"})
    assert find(there, str(Path.cwd() / "y/up.sql")) is there.migrations[1]
    assert find(there, "/app/migrations/x/up.sql") is there.migrations[0]
    assert find(there, "/app/z.sql") is there.migrations[2]
    assert find(there, "up.sql") is None
