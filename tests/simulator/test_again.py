"""Files that run a second time right after their first."""

from __future__ import annotations

from harness.simulator.again import again
from tests.guard.making import ladder


def test_only_the_files_that_are_named() -> None:
    """They meet their own work and that of earlier files; what they do the second time is undone."""
    made = ladder(
        "CREATE TABLE a (x int);",
        "CREATE TABLE IF NOT EXISTS b (x int);\nALTER TABLE a RENAME TO c;\nINSERT INTO b VALUES (1);",
        "ALTER TABLE c RENAME TO d;\nCREATE TABLE a (x int);",
    )
    verdicts = again(made, {"002.sql"}).verdicts
    assert [verdict.sqlstate for verdict in verdicts] == ["", "", "42P01", "", "", ""]


def test_settings_are_those_of_a_new_session() -> None:
    """What earlier files have set is gone; the setup's SET holds at every boot."""
    made = ladder("SET search_path TO s;", "CREATE TABLE t (x int);")
    setup = ladder("CREATE SCHEMA s; SET search_path TO s;").migrations[0]
    alone = again(ladder("CREATE SCHEMA s; SET search_path TO s;", *[m.text for m in made.migrations]), {"003.sql"})
    assert [verdict.sqlstate for verdict in alone.verdicts] == ["", "", "", ""]
    assert [verdict.sqlstate for verdict in again(made, {"002.sql"}, setup).verdicts] == ["", "42P07"]
