"""What logs say of migrations, as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.boot.logbook import named, source_of, words_of
from harness.diagnose.model import Cause
from harness.engine.model import LogLine
from harness.ladder.model import Ladder, Migration

TEXT = "-- one\nBEGIN;\n\nALTER TABLE a\n    ADD COLUMN b int;\nCOMMIT;\n-- end\n"


def ladder(*names: str, text: str = TEXT) -> Ladder:
    """Return a ladder of files with these names, all of one text."""
    return Ladder(Path("/m"), "plain", tuple(Migration(name, Path("/m") / name, text) for name in names))


def told(ladder: Ladder, *lines: str) -> list[tuple[str, float]]:
    """Return the migrations that lines name, each with its line's number."""
    logged = [LogLine(float(number), line) for number, line in enumerate(lines, start=1)]
    return list(named(logged, words_of(ladder)))


def test_a_line_that_names_a_migration_tells_of_it() -> None:
    """By its file's name, or by its name without the ending."""
    both = ladder("001_users.up.sql", "002_roles.up.sql")
    lines = ("applying /app/m/001_users.up.sql", "connected", "INFO version=002_roles done in 3 ms")
    assert told(both, *lines) == [("001_users.up.sql", 1.0), ("002_roles.up.sql", 3.0)]


def test_a_list_of_migrations_tells_of_none() -> None:
    """What is to come has not happened."""
    assert told(ladder("001_a.sql", "002_b.sql"), "pending: 001_a.sql, 002_b.sql") == []


@pytest.mark.parametrize("line", ["listening for users", "users.sqlite opened", "x001_a.sql.bak"])
def test_ordinary_words_are_no_migrations(line: str) -> None:
    """A file that is called `users.sql` is meant by that name alone."""
    assert told(ladder("users.sql", "001_a.sql"), line) == []


def test_the_source_of_a_cause_has_the_whole_statement() -> None:
    """With its lines, three before and three after."""
    cause = Cause("BOOT101", "", "server", "", "", path="/m/001_a.sql", line=4)
    assert source_of(cause, ladder("001_a.sql")) == {
        "start": 1,
        "first": 4,
        "last": 5,
        "lines": TEXT.split("\n"),
    }


def test_the_source_in_a_file_that_cannot_be_split_is_the_line() -> None:
    """A quote without an end is no reason to show nothing."""
    cause = Cause("BOOT101", "", "server", "", "", path="/m/001_a.sql", line=2)
    source = source_of(cause, ladder("001_a.sql", text="SELECT 1;\nSELECT 'x\n"))
    assert source is not None
    assert (source["first"], source["last"]) == (2, 2)


def test_a_cause_without_a_place_has_no_source() -> None:
    """Nor has one whose file is not in the ladder."""
    cause = Cause("BOOT101", "", "server", "", "", path="/m/009_z.sql", line=2)
    assert source_of(cause, ladder("001_a.sql")) is None
    assert source_of(Cause("BOOT201", "", "server", "", ""), None) is None
