import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from refserver import auth, ladder
from refserver.ladder import BootError

from tests.server.database import snapshot
from tests.server.running import MIGRATIONS

NOWHERE = "postgresql://app@127.0.0.1:1/app"


def test_a_folder_without_migrations_is_an_error(tmp_path: Path) -> None:
    """A server that finds no ladder does not come up without one."""
    (tmp_path / "000001_initial.down.sql").touch()
    with pytest.raises(BootError, match=r"no \*\.up\.sql in "):
        ladder.apply(NOWHERE, tmp_path)


def test_a_database_that_is_away_is_named_in_one_line() -> None:
    """A refused connection says so on one line, without the password."""
    with pytest.raises(BootError, match=r"^postgres is not reachable: .*refused.*$") as caught:
        ladder.apply(NOWHERE.replace("app@", "app:hunter2@"), MIGRATIONS)
    assert len(caught.value.lines) == 1
    assert "hunter2" not in caught.value.lines[0]


def test_the_names_sort_as_the_numbers_do() -> None:
    """Every file has a number of six digits of its own, so that name order is number order."""
    numbers = [path.name.partition("_")[0] for path in sorted(MIGRATIONS.glob("*.up.sql"))]
    assert numbers == [f"{n:06}" for n in (1, 18, 29, 31, 33, 36, 43, 45, 46, 47, 48)]


def write(folder: Path, **migrations: str) -> Path:
    """Write a ladder of files by name."""
    for name, text in migrations.items():
        (folder / f"{name}.up.sql").write_text(text)
    return folder


@pytest.mark.docker
def test_a_warm_boot_changes_nothing(database_url: str) -> None:
    """The second and the third boot leave schema, rows and sequences untouched, not only equal."""
    ladder.apply(database_url, MIGRATIONS)
    with psycopg.connect(database_url) as connection:
        assert auth.mint_admin_key(connection)
    before = snapshot(database_url)
    assert len(before["rows of permissions"]) == 8
    for _ in range(2):
        assert ladder.apply(database_url, MIGRATIONS) == 11
        assert snapshot(database_url) == before


@pytest.mark.docker
def test_a_global_grant_cannot_be_given_twice(database_url: str) -> None:
    """Two grants without a scope_id are the same grant, although NULLs are usually distinct."""
    ladder.apply(database_url, MIGRATIONS)
    grant = (
        "INSERT INTO actor_roles (actor_id, actor_type, role_id, tenant_id, scope_type, scope_id)"
        " VALUES ('ada', 'user', 'r-operator', 't-default', %s, %s)"
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(grant.encode(), ("global", None))
        connection.execute(grant.encode(), ("profile", "prof-server"))
        connection.execute(grant.encode(), ("profile", "prof-client"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(grant.encode(), ("global", None))
        for scope in (("global", "prof-server"), ("profile", None), ("planet", "earth")):
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(grant.encode(), scope)


@pytest.mark.docker
def test_grants_from_before_the_scope_become_global(database_url: str, tmp_path: Path) -> None:
    """A database whose ladder ended before 000043 keeps its grants when the rest of it arrives."""
    for path in sorted(MIGRATIONS.glob("*.up.sql"))[:6]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    ladder.apply(database_url, tmp_path)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO actor_roles (actor_id, actor_type, role_id, tenant_id)"
            " VALUES ('ada', 'user', 'r-operator', 't-default')"
        )
    ladder.apply(database_url, MIGRATIONS)
    with psycopg.connect(database_url) as connection:
        grants = connection.execute("SELECT actor_type, scope_type, scope_id FROM actor_roles ORDER BY 1")
        assert grants.fetchall() == [("service", "global", None), ("user", "global", None)]


@pytest.mark.docker
def test_a_file_is_one_transaction(database_url: str, tmp_path: Path) -> None:
    """What stands before a failing statement in the same file is undone; the files before it stay."""
    folder = write(tmp_path, a="CREATE TABLE kept ();", b="CREATE TABLE undone (); SELECT 1/0;")
    with pytest.raises(BootError, match=r"^migration b\.up\.sql failed: division by zero \(SQLSTATE 22012\)$"):
        ladder.apply(database_url, folder)
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT to_regclass('kept'), to_regclass('undone')").fetchone()
    assert found == ("kept", None)


@pytest.mark.docker
def test_the_failure_tells_what_postgres_told(database_url: str, tmp_path: Path) -> None:
    """Detail, hint and context follow the first line, each on a line of its own."""
    raising = "RAISE EXCEPTION E'first\\nsecond' USING DETAIL = 'the detail', HINT = 'the hint', ERRCODE = 'P0042';"
    folder = write(tmp_path, a=f"DO $$ BEGIN {raising} END $$;")
    with pytest.raises(BootError) as caught:
        ladder.apply(database_url, folder)
    assert caught.value.lines == (
        "migration a.up.sql failed: first second (SQLSTATE P0042)",
        "detail: the detail",
        "hint: the hint",
        "context: PL/pgSQL function inline_code_block line 1 at RAISE",
    )


@pytest.mark.docker
def test_files_run_in_name_order(database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The order is that of the names, and each file is announced before it runs."""
    caplog.set_level(logging.INFO)
    ladder.apply(database_url, write(tmp_path, b="SELECT 2;", a="SELECT 1;", c="SELECT 3;"))
    assert caplog.messages == ["migration a.up.sql", "migration b.up.sql", "migration c.up.sql"]


@pytest.mark.docker
def test_a_server_waits_for_another_ones_ladder(database_url: str) -> None:
    """With the lock, a boot begins when the one before has ended; without it, they run side by side."""
    with ladder.connect(database_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT pg_advisory_lock(%s)", (ladder.LOCK,))
        waiting = pool.submit(ladder.apply, database_url, MIGRATIONS)
        assert ladder.apply(database_url, MIGRATIONS, lock=False) == 11
        assert not waiting.done()
        other.execute("SELECT pg_advisory_unlock(%s)", (ladder.LOCK,))
        assert waiting.result(timeout=10) == 11
