"""Logs are other people's text: whatever stands in one, it is read."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.diagnose.diagnosis import diagnose, evidence_of
from harness.ladder.model import Ladder, Migration

SQL = "CREATE TABLE a (b int);\nINSERT INTO a VALUES (1);\nALTER TABLE a ADD COLUMN c text;\n"
LADDER = Ladder(
    Path(), "plain", tuple(Migration(name, Path(name), SQL) for name in ("1_a.sql", "20260101_b.sql", "x/up.sql"))
)
PIECES = st.sampled_from(
    (
        *(
            "server-1  | ",
            "[pod/a/b] ",
            "2026-11-22T09:00:00.1Z ",
            "2026-01-01 00:00:00 UTC [7] ",
            "\t",
            "    ",
            "\x1b[31m",
        ),
        *(
            '{"level":"error","msg":"',
            '"}',
            '{"log":"x\\n","stream":"stdout"}',
            "a-1 exited with code 1",
            "->",
            '"',
            "\\",
        ),
        *(
            "ERROR:  ",
            "STATEMENT:  ",
            "FEHLER:  ",
            "DETAIL:  Key (b)=(1)",
            "LINE 1: INSERT INTO a",
            "SQLSTATE 42P07",
            "code: '23505'",
        ),
        *(
            'relation "a" already exists',
            'column "c" of relation "a" already exists',
            "Relation »a«",
            "connection refused",
        ),
        *(
            "1_a.sql",
            "20260101",
            "version 1",
            "Dirty database version 1",
            "psql:1_a.sql:2: ",
            "Line       : 3",
            "applying ",
            "OK ",
        ),
        *(
            "CREATE TABLE a (b int)",
            "Traceback",
            '  File "/migrations/a.py", line 3',
            "    at x (/migrations/a.js:1:2)",
        ),
    )
)
LINES = st.lists(PIECES | st.text(max_size=12), max_size=6).map("".join)


@settings(max_examples=50)
@given(st.lists(LINES, max_size=12).map("\n".join))
def test_any_log_is_read(log: str) -> None:
    """It leads to a cause or to none, and a file that is named without a ladder's help stands in the log."""
    cause = diagnose(evidence_of(log), LADDER)
    assert cause is None or cause.message
    alone = diagnose(evidence_of(log), None)
    assert alone is None or alone.path is None or alone.path in log


@settings(max_examples=50)
@given(st.lists(LINES, max_size=12).map("\n".join))
def test_what_is_matched_is_one_statement(log: str) -> None:
    """A cause with a line has the file of that line, and the statement that begins there."""
    cause = diagnose(evidence_of(log), LADDER)
    if cause is not None and cause.statement:
        assert cause.path in {migration.name for migration in LADDER.migrations}
        assert SQL.splitlines()[(cause.line or 0) - 1].startswith(cause.statement)
