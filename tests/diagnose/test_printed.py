"""Statements that a server prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from harness.diagnose.printed import at_line, detail, parted, printed
from harness.ladder.model import Ladder, Migration, Statement

TEXT = "CREATE TABLE a (id int);\n\nCREATE TABLE a (id int) TABLESPACE fast;\nUPDATE b\n   SET c = 'it''s';\n"
MIGRATION = Migration("1_a.sql", Path("1_a.sql"), TEXT)
LADDER = Ladder(Path(), "plain", (MIGRATION, Migration("2_b.sql", Path("2_b.sql"), "CREATE TABLE d (e int);")))


def lines_of(found: Mapping[str, Sequence[Statement]]) -> dict[str, list[int]]:
    """Return the numbers of the statements that were found."""
    return {name: [s.number for s in statements] for name, statements in found.items()}


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (["[SQL: CREATE TABLE a (id int)]"], {"1_a.sql": [1]}),
        (["Statement  : CREATE TABLE a", "(id int) TABLESPACE fast"], {"1_a.sql": [2]}),
        (["""{"query":"UPDATE b\\n\\tSET c = 'it''s'"}"""], {"1_a.sql": [3]}),
        (["CREATE TABLE d (e int)", "CREATE TABLE a (id int)"], {"1_a.sql": [1], "2_b.sql": [1]}),
        (["CREATE TABLE x"], {}),
    ],
)
def test_a_statement_is_found_whatever_its_layout(log: list[str], found: dict[str, list[int]]) -> None:
    """White space and JSON's escapes do not count, and the longer of two statements is meant."""
    assert lines_of(printed(LADDER, log, 0)) == found


@pytest.mark.parametrize("word", ["LINE 1: ", "ZEILE 1: ", "LIGNE 1 : "])
def test_the_line_that_libpq_shows_is_found(word: str) -> None:
    """In any language, and with its ends cut away."""
    log = ["ERROR:  x", f"{word}...LE d (e int..."]
    assert lines_of(parted(LADDER, log, 0)) == {"2_b.sql": [1]}
    assert parted(LADDER, ["ERROR:  x", f"{word}a"], 0) == {}


@pytest.mark.parametrize(
    ("log", "number"),
    [
        (["psql:/initdb/1_a.sql:3: ERROR:  x"], 2),
        (["ERROR", "Line       : 4", "Statement  : x"], 3),
        (["migration failed: x in line 1: CREATE TABLE"], 1),
        (["Error: line: 5, column: 3, position: 40: pq: x"], 3),
        (["x in line 0: CREATE TABLE"], None),
        (['  File "server.py", line 4, in migrate'], None),
    ],
)
def test_a_number_of_the_file_leads_to_its_statement(log: list[str], number: int | None) -> None:
    """psql, Flyway, golang-migrate and dbmate name lines of the file; Python's own lines are none."""
    found = at_line(MIGRATION, log, 0)
    assert (found.number if found else None) == number


def test_values_are_found_in_any_language() -> None:
    """The row or the key that Postgres refused stands below the message."""
    assert detail(["x", "DETAIL:  Schlüssel »(id)=(2)« existiert bereits."], 0).endswith("(2)")
    assert detail(["x", "  detail: 'Failing row contains (1, null).',"], 0).endswith("(1, null)")
    assert detail(["x"], 0) == ""
