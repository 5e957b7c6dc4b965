"""A given server: databases of our own on it, nobody else's touched, none left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from harness.errors import PostgresError, UsageError
from harness.replay.given import given
from harness.replay.server import Server

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from harness.replay.given import given
with given(sys.argv[1]) as server:
    server.create("one")
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(server: Server, database: str) -> str:
    """Return the connection string of a server that others use as well."""
    return server.conninfo(database)


def ours(server: Server) -> list[str]:
    """Return the full names of the databases that runs have there."""
    query = "SELECT datname FROM pg_database WHERE datname ~ '^bootsmoke_' ORDER BY 1"
    return [str(name) for (name,) in server.admin.execute(query)]


@pytest.fixture
def held(url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that has a database on the given server."""
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        yield process


def test_databases_have_a_prefix_and_go(server: Server, url: str) -> None:
    """Two runs use the same short name side by side, and nothing of either is left."""
    with given(url) as first, given(url) as second:
        first.create("cold")
        with first.connect("cold") as connection:
            connection.execute("CREATE TABLE t ()")
        second.create("cold")
        first.create("warm", template="cold")
        assert ours(server) == sorted([f"{first.prefix}cold", f"{first.prefix}warm", f"{second.prefix}cold"])
        assert first.version == server.version
    assert ours(server) == []


def test_databases_go_after_an_error(server: Server, url: str) -> None:
    """An error in the block passes, and the databases are dropped although connections are open."""

    def fail() -> None:
        with given(url) as mine:
            mine.create("cold")
            with mine.connect("cold"):
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ours(server) == []


def test_database_of_the_url_is_not_touched(server: Server, url: str, database: str) -> None:
    """Nothing is made in the database that the URL names, and it is not dropped."""
    with given(url) as mine, pytest.raises(ValueError, match="was not created here"):
        mine.drop(database)
    with server.connect(database) as connection:
        query = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert connection.execute(query).fetchone() == (0,)


def test_databases_of_a_killed_run_are_swept(server: Server, url: str, held: subprocess.Popen[str]) -> None:
    """A run that was killed leaves its database to the next one, which drops it."""
    held.kill()
    held.wait()
    assert len(ours(server)) == 1
    with given(url):
        assert ours(server) == []


def test_databases_of_a_living_run_stay(server: Server, url: str, held: subprocess.Popen[str]) -> None:
    """A run that lives keeps its databases, and so does one whose database has a look-alike name."""
    (theirs,) = ours(server)
    server.create("bootsmoke_notes")
    with given(url):
        assert ours(server) == sorted([theirs, "bootsmoke_notes"])
    assert held.poll() is None


@pytest.mark.usefixtures("held")
def test_interrupted_run_leaves_nothing(server: Server, held: subprocess.Popen[str]) -> None:
    """Ctrl-C drops the databases on its way out."""
    os.kill(held.pid, signal.SIGINT)
    held.wait(10)
    assert ours(server) == []


def test_user_who_may_not_create_databases(server: Server, url: str) -> None:
    """A user without CREATEDB is told so, with the statement that helps; exit code 2."""
    server.admin.execute("CREATE ROLE humble LOGIN")
    try:
        with pytest.raises(UsageError, match=r"the user humble may not create databases(.|\n)*CREATEDB"):
            given(psycopg.conninfo.make_conninfo(url, user="humble")).__enter__()
    finally:
        server.admin.execute("DROP ROLE humble")


def test_missing_extension_is_named(url: str) -> None:
    """An extension that the server has no files for is inconclusive, and named."""
    with pytest.raises(PostgresError, match=r"lacks extensions that the ladder creates: nonesuch\n") as raised:
        given(url, extensions=["plpgsql", "nonesuch"]).__enter__()
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    "wrong",
    [
        "postgres//me:hush-hush@localhost/db",
        "postgresql://me:hush-hush@localhost:port/db",
        "postgresql://me:hush-hush@127.0.0.1:1/db",
        "postgresql://me:hush-hush@localhost/db?nonsense=1",
        "host=127.0.0.1 port=1 password=hush-hush user",
    ],
)
def test_wrong_url_does_not_show_its_password(wrong: str) -> None:
    """Whatever is wrong with a URL, the error says so without the password in it."""
    with pytest.raises((UsageError, PostgresError)) as raised:
        given(wrong).__enter__()
    assert "hush" not in str(raised.value)
    assert raised.value.help


def test_server_that_goes_away(server: Server, url: str) -> None:
    """When the run's connection is cut, the error names what is left, and the next run drops it."""

    def lose() -> None:
        with given(url) as mine:
            mine.create("cold")
            server.admin.execute("SELECT pg_terminate_backend(%s)", [mine.admin.info.backend_pid])

    with pytest.raises(PostgresError, match=r"left on the given Postgres: bootsmoke_\w+_cold"):
        lose()
    with given(url):
        assert ours(server) == []
