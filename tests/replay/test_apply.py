"""Applying migrations as servers do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from harness.errors import PostgresError
from harness.ladder.model import Migration
from harness.replay.apply import apply, apply_file, apply_ladder, command
from harness.replay.server import Server

pytestmark = pytest.mark.postgres


def migration(text: str, *, transactional: bool = True) -> Migration:
    """Make one without a file."""
    return Migration("1_a.sql", Path("1_a.sql"), text, transactional)


@pytest.fixture
def connection(server: Server, database: str) -> Iterator[Connection[TupleRow]]:
    """Connect to an empty database."""
    with server.connect(database) as opened:
        yield opened


def tables(connection: Connection[TupleRow]) -> list[str]:
    """Return the tables that were committed."""
    rows = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1")
    return [name for (name,) in rows]


@pytest.mark.parametrize(
    ("text", "line", "statement", "sqlstate"),
    [
        ("SELECT 1;\n\nSELECT 1/0;\nSELECT 2;", 3, 2, "22012"),
        ("SELECT 'é';\n-- é\nSELEC 1;\nSELECT 2", 3, 2, "42601"),
        ("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1, 2)", 2, 2, "42601"),
        ("SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1/0;\nEND $$;", 2, 2, "22012"),
        (
            "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO t VALUES (1), (1);",
            2,
            2,
            "23505",
        ),
        ("SELECT 1;\nBEGIN;\nSELECT 2;\nROLLBACK;\nSELECT nothing", 5, 5, "42703"),
        (
            "CREATE TABLE t (a int);\nCREATE RULE r AS ON INSERT TO t DO ALSO SELECT 1;\nINSERT INTO t SELECT 1/0",
            3,
            3,
            "22012",
        ),
        ("CREATE TABLE t (a int);\nCOPY t FROM STDIN;\nSELECT 1", 2, 2, "57014"),
        ("COPY (SELECT 1) TO STDOUT;\nSELECT 1/0", 2, 2, "22012"),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\nSELECT 1/0", 2, 2, "22012"),
    ],
)
def test_an_error_has_its_statement(
    connection: Connection[TupleRow], text: str, line: int, statement: int, sqlstate: str
) -> None:
    """The statement is found whether or not Postgres gives a position, and nothing of the file stays."""
    error = apply_file(connection, migration(text))
    assert error is not None
    assert (error.path, error.line, error.statement, error.sqlstate) == ("1_a.sql", line, statement, sqlstate)
    assert connection.info.transaction_status == TransactionStatus.IDLE
    assert tables(connection) == []


def test_a_file_that_fails_in_its_own_transaction_keeps_what_it_committed(connection: Connection[TupleRow]) -> None:
    """BEGIN and COMMIT are respected, and the connection is out of the failed transaction."""
    error = apply_file(
        connection, migration("BEGIN; CREATE TABLE a (); COMMIT; BEGIN; CREATE TABLE b (); SELECT 1/0;")
    )
    assert error is not None
    assert connection.info.transaction_status == TransactionStatus.IDLE
    assert tables(connection) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE a (n int);\nCREATE INDEX CONCURRENTLY a_n ON a (n);",
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\nCREATE TABLE a (); CALL p();",
        "CREATE TABLE a ();\nVACUUM;",
    ],
)
def test_what_cannot_run_in_a_transaction_goes_statement_by_statement(
    connection: Connection[TupleRow], text: str
) -> None:
    """As the tools do that know such files."""
    assert apply(connection, migration(text)) == (None, True)
    assert "a" in tables(connection)


def test_a_file_outside_of_transactions_keeps_what_stood_before_the_error(connection: Connection[TupleRow]) -> None:
    """Where the tool says so, each statement is on its own from the start."""
    error, piecewise = apply(connection, migration("CREATE TABLE a ();\nSELECT 1/0;\n", transactional=False))
    assert error is not None
    assert (error.line, piecewise, tables(connection)) == (2, True, ["a"])


def test_an_empty_file_passes(connection: Connection[TupleRow]) -> None:
    """Comments alone are no statement."""
    assert apply(connection, migration("-- nothing to do\n")) == (None, False)


def test_the_session_goes_on_from_file_to_file(connection: Connection[TupleRow]) -> None:
    """What one file sets, the next one finds; the ladder stops at its first error."""
    files = ["SET search_path TO app", "CREATE SCHEMA app; CREATE TABLE t ()", "SELECT 1/0", "CREATE TABLE u ()"]
    error = apply_ladder(connection, map(migration, files))
    assert error is not None
    assert error.message == "division by zero"
    assert connection.execute("SELECT 't'::regclass::text").fetchone() == ("t",)
    assert connection.execute("SELECT to_regclass('u')").fetchone() == (None,)


def test_a_command_of_our_own_must_pass(connection: Connection[TupleRow]) -> None:
    """When Postgres refuses one, nothing is known any more."""
    with pytest.raises(PostgresError, match=r"refused `SELECT 1/0`: division by zero \(SQLSTATE 22012\)"):
        command(connection, "SELECT 1/0")
