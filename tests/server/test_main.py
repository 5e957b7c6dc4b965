import shutil
import socket
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.server.conftest import Boot
from tests.server.running import BROKEN, MIGRATIONS, TOKEN

NOWHERE = "postgresql://app:hunter2@127.0.0.1:1/app"


def wait_for_lock(holder: psycopg.Connection[Any], within: float = 10.0) -> None:
    """Return when somebody waits for a lock in the holder's database."""
    waiting = b"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + within
    while holder.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < deadline, "nobody waits for the lock"
        time.sleep(0.02)


def stuck_request(port: int, key: str) -> socket.socket:
    """Ask /me and do not read the answer."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
    return connection


def test_no_postgres_is_exit_code_1(boot: Boot) -> None:
    """Without its database the server says so in one line and exits, for the restart policy to try again."""
    server = boot(NOWHERE)
    assert server.exit_code() == 1
    assert server.log().count("\n") == 1
    assert " ERROR postgres is not reachable: " in server.log()
    assert "hunter2" not in server.log()


def test_no_ladder_is_exit_code_1(boot: Boot, tmp_path: Path) -> None:
    """A server without migrations does not start."""
    server = boot(NOWHERE, migrations=tmp_path)
    assert server.exit_code() == 1
    assert f" ERROR no *.up.sql in {tmp_path}\n" in server.log()


def test_no_database_url_is_exit_code_1(boot: Boot) -> None:
    """A missing setting is named, without a traceback."""
    server = boot("")
    assert server.exit_code() == 1
    assert server.log().endswith(" ERROR DATABASE_URL is not set\n")


@pytest.mark.docker
def test_a_failing_migration_is_exit_code_1(boot: Boot, database_url: str, tmp_path: Path) -> None:
    """The warm boot of the un-guarded ladder logs file, constraint, table and SQLSTATE, and exits."""
    shutil.copytree(MIGRATIONS, tmp_path / "ladder")
    shutil.copy(BROKEN / "unguarded-check" / "000043_actor_role_scope.up.sql", tmp_path / "ladder")
    cold = boot(database_url, migrations=tmp_path / "ladder")
    cold.wait_until_ready()
    cold.terminate()
    warm = boot(database_url, migrations=tmp_path / "ladder")
    assert warm.exit_code() == 1
    assert (
        " ERROR migration 000043_actor_role_scope.up.sql failed: "
        'constraint "actor_roles_scope_type_enum" for relation "actor_roles" already exists (SQLSTATE 42710)\n'
    ) in warm.log()
    assert "listening" not in warm.log()


@pytest.mark.docker
def test_sigterm_ends_a_serving_server_cleanly(boot: Boot, database_url: str) -> None:
    """SIGTERM ends it with exit code 0 within a second."""
    server = boot(database_url)
    server.wait_until_ready()
    assert server.terminate() < 1.0
    assert server.exit_code() == 0
    assert server.log().endswith(" INFO stopped\n")


@pytest.mark.docker
def test_sigterm_ends_a_ladder_that_waits_for_a_lock(boot: Boot, database_url: str) -> None:
    """SIGTERM while a migration waits ends the boot within a second, and the next boot comes up."""
    first = boot(database_url)
    first.wait_until_ready()
    first.terminate()
    with psycopg.connect(database_url) as holder:
        holder.execute("LOCK TABLE actor_roles IN ACCESS EXCLUSIVE MODE")
        waiting = boot(database_url)
        wait_for_lock(holder)
        assert waiting.terminate() < 1.0
        assert waiting.exit_code() == 143
        assert " WARNING SIGTERM before the boot was done" in waiting.log()
    boot(database_url).wait_until_ready()


@pytest.mark.docker
def test_sigterm_does_not_wait_for_a_stuck_request(boot: Boot, database_url: str) -> None:
    """A request that waits in the database is cut off: the process is gone within a second all the same."""
    server = boot(database_url)
    server.wait_until_ready()
    key = server.bootstrap(TOKEN)[1]["key"]
    with psycopg.connect(database_url) as holder:
        holder.execute("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE")
        with stuck_request(server.port, key):
            wait_for_lock(holder)
            assert server.terminate() < 1.0
    assert server.exit_code() == 143
    assert "cut off" in server.log()
