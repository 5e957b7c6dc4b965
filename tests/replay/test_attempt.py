"""Every statement on its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.pq import TransactionStatus

from harness.ladder.model import Migration
from harness.replay.attempt import attempt
from harness.replay.server import Server

pytestmark = pytest.mark.postgres


def failing(server: Server, database: str, *texts: str, piecewise: bool = False) -> list[tuple[str, int, str]]:
    """Try files in order, and return path, line and SQLSTATE of what fails."""
    files = [Migration(f"{n}.sql", Path(f"{n}.sql"), text) for n, text in enumerate(texts, start=1)]
    with server.connect(database) as connection:
        errors = attempt(connection, files, piecewise=files if piecewise else ())
        assert connection.info.transaction_status == TransactionStatus.IDLE
    return [(error.path, error.line, error.sqlstate) for error in errors]


def test_all_failures_are_found(server: Server, database: str) -> None:
    """A failure hides no other one, and takes nothing back of what passed."""
    first = "SELECT 1/0;\nCREATE TABLE t (n int);\nSELECT nothing;\nINSERT INTO t VALUES (1);"
    second = "SELECT 1/(n - 1)\nFROM t;\nCREATE TABLE t ();"
    assert failing(server, database, first, second) == [
        ("1.sql", 1, "22012"),
        ("1.sql", 3, "42703"),
        ("2.sql", 1, "22012"),
        ("2.sql", 3, "42P07"),
    ]


@pytest.mark.parametrize("piecewise", [False, True])
def test_transaction_control_never_counts(server: Server, database: str, piecewise: bool) -> None:
    """BEGIN, SAVEPOINT, ROLLBACK TO and COMMIT are carried out, and statements between them are savepoints' own."""
    text = """BEGIN;
CREATE TABLE a ();
SELECT 1/0;
SAVEPOINT here;
CREATE TABLE b ();
ROLLBACK TO SAVEPOINT here;
COMMIT;
COMMIT;
BEGIN;
DROP TABLE a;
ROLLBACK;
"""
    assert failing(server, database, text, piecewise=piecewise) == [("1.sql", 3, "22012")]
    assert failing(server, database, "TABLE a", "TABLE b") == [("2.sql", 1, "42P01")]


def test_what_holds_for_a_transaction_holds_for_the_file(server: Server, database: str) -> None:
    """SET LOCAL, LOCK TABLE and a temporary table that goes at the commit work as in a file that is sent whole."""
    text = """CREATE TABLE t (n int);
LOCK TABLE t;
SET LOCAL search_path TO pg_catalog;
CREATE TABLE public.u ();
CREATE TEMP TABLE scratch (n int) ON COMMIT DROP;
INSERT INTO scratch VALUES (1);
INSERT INTO t VALUES (1);
"""
    assert failing(server, database, text, "TABLE scratch; TABLE u") == [
        ("1.sql", 7, "42P01"),
        ("2.sql", 1, "42P01"),
    ]


@pytest.mark.parametrize(("file", "piecewise"), [("VACUUM t", False), ("VACUUM t;\nSELECT 1/0", True)])
def test_what_cannot_run_in_a_transaction(server: Server, database: str, file: str, piecewise: bool) -> None:
    """It runs outside of one where a server runs it so: alone in its file, or where the file goes in pieces."""
    found = failing(server, database, "CREATE TABLE t ()", file, piecewise=piecewise)
    assert found == ([("2.sql", 2, "22012")] if piecewise else [])


def test_a_constraint_deferred_to_the_commit(server: Server, database: str) -> None:
    """It fails at the file's COMMIT where it has one, else at its last statement, and nothing of the file stays."""
    table = "CREATE TABLE t (n int, UNIQUE (n) DEFERRABLE INITIALLY DEFERRED)"
    own = "BEGIN;\nINSERT INTO t VALUES (1), (1);\nCOMMIT;"
    assert failing(server, database, table, own, "INSERT INTO t VALUES (2), (2);\nSELECT 1;") == [
        ("2.sql", 3, "23505"),
        ("3.sql", 2, "23505"),
    ]
    assert failing(server, database, "SELECT 1/count(*) FROM t") == [("1.sql", 1, "22012")]
