"""The migration ladder: every file, at every boot, each as one simple query.

There is no table that remembers what ran: each migration has to survive being run again. An advisory lock lets
one server at a time climb; without it, servers that boot at the same moment run the same DDL side by side.
"""

from pathlib import Path

import psycopg

from refserver.log import logger

LOCK = 0x5EED
"""The number of the advisory lock that all servers of this database take."""
CONNECT_TIMEOUT = 5
"""Seconds; a database that takes longer to answer counts as not reachable."""


class BootError(Exception):
    """The server cannot come up; `lines` say why, the first one in full."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[0])
        self.lines = lines


def apply(database_url: str, directory: Path, *, lock: bool = True) -> int:
    """Run every `*.up.sql` of `directory` in name order, and return how many there are.

    With `lock`, wait for other servers that are at it; the lock goes with the connection.
    """
    migrations = sorted(directory.glob("*.up.sql"))
    if not migrations:
        raise BootError(f"no *.up.sql in {directory}")
    with connect(database_url) as connection:
        if lock:
            connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        for migration in migrations:
            run(connection, migration)
    return len(migrations)


def connect(database_url: str) -> psycopg.Connection:
    """Connect in autocommit mode: a file's own simple query is its transaction."""
    try:
        return psycopg.connect(database_url, autocommit=True, connect_timeout=CONNECT_TIMEOUT)
    except psycopg.OperationalError as error:
        raise BootError(f"postgres is not reachable: {one_line(str(error))}") from error


def run(connection: psycopg.Connection, migration: Path) -> None:
    """Send the whole file without parameters, which psycopg does as one simple query."""
    logger.info("migration %s", migration.name)
    try:
        connection.execute(migration.read_bytes())
    except psycopg.Error as error:
        raise BootError(*failure_lines(migration.name, error)) from error


def failure_lines(name: str, error: psycopg.Error) -> list[str]:
    """Return the failure in one line, then what else Postgres told: detail, hint and context."""
    diagnosis = error.diag
    code = f" (SQLSTATE {error.sqlstate})" if error.sqlstate else ""
    message = diagnosis.message_primary or str(error)
    told = {
        "detail": diagnosis.message_detail,
        "hint": diagnosis.message_hint,
        "context": diagnosis.context,
    }
    return [
        f"migration {name} failed: {one_line(message)}{code}",
        *(f"{word}: {one_line(text)}" for word, text in told.items() if text),
    ]


def one_line(text: str) -> str:
    """Return `text` with every run of white space made one space."""
    return " ".join(text.split())
