"""The embedded Postgres: up quickly, two at once, and gone however its harness ends."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from harness.errors import PostgresError
from harness.replay import cache, postgres
from harness.replay.postgres import embedded
from harness.replay.server import Server

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from harness.replay.postgres import embedded
with embedded() as server:
    server.create("one")
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a folder for clusters of this test alone, short and in reach of all users, and an empty cache."""
    folder = Path(tempfile.mkdtemp(prefix="bs-", dir=cache.run_folders()[0]))
    folder.chmod(0o711)
    (folder / "clusters").mkdir(mode=0o711)
    (folder / "cache").mkdir()
    monkeypatch.setenv("TMPDIR", str(folder / "clusters"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", None)  # tempfile remembers the folder that it found first
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def warm_place(place: Path) -> Path:
    """Make such a folder where the templates of this user are at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("XDG_CACHE_HOME")
        with embedded():
            (place / "cache/bootsmoke").symlink_to(cache.cache_folder())
    return place


@contextmanager
def holder() -> Iterator[subprocess.Popen[str]]:
    """Run a process that has a server until its standard input ends; it is waited for at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        yield process


def wait_until_up(process: subprocess.Popen[str]) -> None:
    """Wait for the word of a holder."""
    assert process.stdout
    assert process.stdout.readline() == "up\n"


def traces(place: Path) -> list[str]:
    """Return the clusters, the unfinished templates and the processes that are there for a place."""
    running = [*Path("/proc").glob("[0-9]*/cmdline")]
    return [
        *(str(path) for path in (place / "clusters").iterdir()),
        *(str(path) for path in (place / "cache").glob("bootsmoke/.*")),
        *(str(path) for path in running if str(place).encode() in _read(path)),
    ]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def traces_after(place: Path, seconds: float) -> list[str]:
    """Return what is left once nothing is, or after so many seconds."""
    end = time.monotonic() + seconds
    while (found := traces(place)) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_server_is_the_preferred_version(server: Server) -> None:
    """Without a wish it is Postgres 18, reached over a unix socket alone, and it says its version."""
    assert server.major == 18
    row = server.admin.execute("SELECT current_setting('server_version'), inet_server_addr()").fetchone()
    assert row == (server.version, None)


def test_clone_has_the_rows_of_its_template(server: Server, database: str) -> None:
    """A database is cloned at once after its last connection has closed, and changes apart from it."""
    with server.connect(database) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS n")
    server.create("clone", template=database)
    with server.connect("clone") as connection:
        connection.execute("INSERT INTO t VALUES (2)")
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (2,)
    with server.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_drop_ends_connections(server: Server) -> None:
    """A database goes although somebody is connected to it, and its name is free again."""
    server.create("busy")
    with server.connect("busy") as connection:
        server.drop("busy")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    server.create("busy")
    server.drop("busy")


def test_only_own_databases_are_touched(server: Server) -> None:
    """What was not created here is neither dropped nor connected to."""
    with pytest.raises(ValueError, match="postgres was not created here"):
        server.drop("postgres")
    with pytest.raises(ValueError, match="template1 was not created here"):
        server.connect("template1")


def test_notices_and_autocommit(server: Server, database: str) -> None:
    """A connection commits each statement by itself and hands notices to whoever asks."""
    heard: list[str | None] = []
    with server.connect(database) as connection:
        connection.add_notice_handler(lambda notice: heard.append(notice.sqlstate))
        connection.execute("CREATE TABLE t (); CREATE TABLE IF NOT EXISTS t ()")
        assert connection.autocommit
    assert heard == ["42P07"]


def test_environment_does_not_reach_the_server(
    monkeypatch: pytest.MonkeyPatch, server: Server, database: str
) -> None:
    """Neither PGOPTIONS nor PGDATABASE of whoever runs the harness changes a replay."""
    monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    with server.connect(database) as connection:
        row = connection.execute("SELECT current_setting('search_path'), current_database()").fetchone()
    assert row == ('"$user", public', database)


def test_seventeen_runs_beside_eighteen(server: Server) -> None:
    """Two servers of different versions run at once, each with the same locale."""
    locales = []
    with embedded(17) as other:
        assert (other.major, server.major) == (17, 18)
        for each in (other, server):
            query = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'template0'"
            locales.append(each.admin.execute(query).fetchone())
    assert locales == [("b", "C.UTF-8")] * 2


def test_first_starts_at_once_make_one_template(place: Path) -> None:
    """Two servers that start at once on an empty cache both run; one whole template is kept, no draft."""

    def start(_: int) -> str:
        with embedded() as server:
            return server.version

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, range(2))
    assert first == second
    assert len(list((place / "cache/bootsmoke").iterdir())) == 1
    assert not traces(place)


def test_damaged_template_is_made_anew(place: Path) -> None:
    """A template with a file that was cut is not used: the server starts, and a whole one is kept."""
    with embedded():
        pass
    (template,) = (place / "cache/bootsmoke").iterdir()
    victim = template / "data/global/pg_control"
    victim.write_bytes(b"")
    with embedded() as server:
        assert server.admin.execute("SELECT 1").fetchone() == (1,)
    assert victim.stat().st_size == 8192


def test_cache_that_cannot_be_written(place: Path) -> None:
    """Where no template can be kept the server starts all the same."""
    (place / "cache").rmdir()
    (place / "cache").touch()
    with embedded() as server:
        assert server.admin.execute("SELECT 1").fetchone() == (1,)
    (place / "cache").unlink()
    assert not traces(place)


def test_why_it_did_not_start(warm_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Postgres does not start, the error has its own words and nothing is left."""
    monkeypatch.setitem(postgres._SETTINGS, "no_such_setting", "1")
    with pytest.raises(PostgresError, match='unrecognized configuration parameter "no_such_setting"'), embedded():
        pass
    assert not traces(warm_place)


@pytest.mark.parametrize("fixture", ["place", "warm_place"])
def test_nothing_is_left_after_sigkill(request: pytest.FixtureRequest, fixture: str) -> None:
    """Harnesses killed at any moment, while initdb runs or the server does, leave no process and no folder."""
    place: Path = request.getfixturevalue(fixture)
    moments = sorted(random.uniform(0.1, 0.8) for _ in range(4))  # noqa: S311
    start = time.monotonic()
    with ExitStack() as stack:
        processes = [stack.enter_context(holder()) for _ in moments]
        for process, moment in zip(processes, moments, strict=True):
            time.sleep(max(0.0, start + moment - time.monotonic()))
            process.kill()
    assert not traces_after(place, 5)


def test_nothing_is_left_after_sigkill_of_a_running_server(warm_place: Path) -> None:
    """A harness killed while the server has a database leaves nothing either."""
    with holder() as process:
        wait_until_up(process)
        assert traces(warm_place)
        process.kill()
    assert not traces_after(warm_place, 5)


def test_ctrl_c_reaches_the_harness_alone(warm_place: Path) -> None:
    """Ctrl-C, which goes to the whole process group, ends the block in order."""
    with holder() as process:
        wait_until_up(process)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(10) == -signal.SIGINT
        assert not traces(warm_place)


def test_server_dies_with_its_supervisor(warm_place: Path) -> None:
    """When the supervisor itself is killed, Postgres goes too, and a later start removes the folder."""
    with holder() as process:
        wait_until_up(process)
        running = [Path(trace) for trace in traces(warm_place) if trace.endswith("cmdline")]
        (supervisor,) = (path.parent.name for path in running if b"supervisor.py" in _read(path))
        os.kill(int(supervisor), signal.SIGKILL)
        (cluster,) = (warm_place / "clusters").iterdir()
        end = time.monotonic() + 5
        while len(traces(warm_place)) > 1 and time.monotonic() < end:
            time.sleep(0.02)
        assert traces(warm_place) == [str(cluster)]
        os.utime(cluster, (0, 0))
        with embedded():
            assert not cluster.exists()
