"""The contract of the image `postgres:${PG}-alpine`: what the documentation of the official one promises.

They hold for the official image as for our stand-in, whichever the engine has.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from harness.engine import Engine

pytestmark = pytest.mark.docker

MAJOR = os.environ.get("PG", "16")
IMAGE = f"postgres:{MAJOR}-alpine"
SCRIPTS = "/docker-entrypoint-initdb.d"


class Login(NamedTuple):
    """Who asks."""

    user: str
    database: str
    password: str


ADMIN = Login("postgres", "postgres", "pw")


class Database:
    """One container of the image."""

    def __init__(self, engine: Engine, container: str) -> None:
        self.engine = engine
        self.container = container

    def start(self, files: Mapping[str, str] | None = None) -> Database:
        """Put `files` into it and start it."""
        if files:
            self.engine.put_files(self.container, {path: text.encode() for path, text in files.items()})
        self.engine.start(self.container)
        return self

    def exec(self, *command: str, **environment: str) -> tuple[int, str]:
        """Run a command in it."""
        done = self.engine.exec(self.container, command, timeout=10, environment=environment)
        return done.exit_code, done.output.strip()

    def ready(self) -> Database:
        """Wait until it answers over TCP."""
        until_true(lambda: self.exec("pg_isready", "--host", "127.0.0.1", "--username", "any")[0] == 0)
        return self

    def ask(self, statement: str, login: Login = ADMIN) -> str:
        """Ask over TCP, with a password."""
        # Not at 127.0.0.1: initdb trusts the loopback whatever the password.
        address = self.exec("hostname", "-i")[1].split()[0]
        options = ["--host", address, "--username", login.user, "--dbname", login.database]
        psql = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", *options, "--command", statement]
        return self.exec(*psql, PGPASSWORD=login.password)[1]

    def ended(self) -> int:
        """Wait for its end, and return the exit code."""
        until_true(lambda: self.engine.inspect(self.container).status == "exited")
        return self.engine.inspect(self.container).exit_code

    def log(self) -> str:
        """Return all that it wrote."""
        return "\n".join(line.text for line in self.engine.logs(self.container))


def until_true(condition: Callable[[], bool]) -> None:
    """Try every 50 ms, for 20 s."""
    retry(retry=retry_if_result(lambda found: not found), wait=wait_fixed(0.05), stop=stop_after_delay(20))(
        condition
    )()


Create = Callable[..., Database]


@pytest.fixture
def create(docker_engine: Engine, docker_labels: dict[str, str]) -> Create:
    """Create containers of the image, with the password pw unless the environment is given."""

    def create(environment: Mapping[str, str] | None = None, **body: object) -> Database:
        given = {"POSTGRES_PASSWORD": "pw"} if environment is None else environment
        name = f"bootsmoke-test-{uuid.uuid4().hex[:12]}"
        request = {
            "Image": IMAGE,
            "Labels": docker_labels,
            "Env": [f"{key}={value}" for key, value in given.items()],
            **body,
        }
        return Database(docker_engine, docker_engine.create_container(name, request))

    return create


def test_user_password_and_database(create: Create) -> None:
    """The three variables make a superuser with this password, and the database that it owns."""
    environment = {"POSTGRES_USER": "app", "POSTGRES_PASSWORD": "s p'a$ce", "POSTGRES_DB": "shop-1"}
    database = create(environment).start().ready()
    question = "SELECT current_user, current_database(), usesuper FROM pg_user WHERE usename = current_user"
    assert database.ask(question, Login("app", "shop-1", "s p'a$ce")) == "app|shop-1|t"
    assert "password authentication failed" in database.ask("SELECT 1", Login("app", "shop-1", "x"))


def test_the_database_is_named_after_the_user(create: Create) -> None:
    """Without POSTGRES_DB the database has the name of the user."""
    database = create({"POSTGRES_USER": "app", "POSTGRES_PASSWORD": "pw"}).start().ready()
    assert database.ask("SELECT current_database()", Login("app", "app", "pw")) == "app"


def test_settings_come_from_files(create: Create) -> None:
    """Each variable with _FILE names a file that holds the value; a newline at its end is none of it."""
    environment = {"POSTGRES_PASSWORD_FILE": "/run/password", "POSTGRES_USER_FILE": "/run/user"}
    database = create(environment).start({"/run/password": "from-a-file\n", "/run/user": "filed\n"}).ready()
    assert database.ask("SELECT current_user", Login("filed", "filed", "from-a-file")) == "filed"


def test_a_variable_and_its_file_exclude_each_other(create: Create) -> None:
    """Both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are an error that names them."""
    environment = {"POSTGRES_PASSWORD": "pw", "POSTGRES_PASSWORD_FILE": "/run/password"}
    database = create(environment).start({"/run/password": "x"})
    assert database.ended() == 1
    assert "both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are set (but are exclusive)" in database.log()


def test_an_empty_password_is_refused(create: Create) -> None:
    """Without a password, and without trust, no database is made."""
    database = create({}).start()
    assert database.ended() == 1
    assert "superuser password is not specified" in database.log()


def test_trust_needs_no_password(create: Create) -> None:
    """POSTGRES_HOST_AUTH_METHOD=trust lets everybody in, as it says."""
    database = create({"POSTGRES_HOST_AUTH_METHOD": "trust"}).start().ready()
    assert database.ask("SELECT current_user", Login("postgres", "postgres", "anything")) == "postgres"


def test_initdb_gets_its_arguments(create: Create) -> None:
    """POSTGRES_INITDB_ARGS are words in shell quoting, and POSTGRES_INITDB_WALDIR moves the log."""
    environment = {
        "POSTGRES_PASSWORD": "pw",
        "POSTGRES_INITDB_ARGS": "--data-checksums --encoding='UTF8'",
        "POSTGRES_INITDB_WALDIR": "/var/lib/postgresql-wal",
    }
    database = create(environment).start().ready()
    assert database.ask("SHOW data_checksums") == "on"
    assert database.exec("sh", "-c", 'readlink "$PGDATA/pg_wal"') == (0, "/var/lib/postgresql-wal")


def test_scripts_run_in_the_order_of_their_names(create: Create) -> None:
    """Scripts that are sourced, SQL files and compressed ones run once, by name, on the database that was made."""
    scripts = {
        f"{SCRIPTS}/10-table.sql": "CREATE TABLE steps (name text, at serial);",
        f"{SCRIPTS}/20-sourced.sh": 'psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" '
        "<<< \"INSERT INTO steps VALUES ('shell, database ' || current_database())\"\n",
        f"{SCRIPTS}/30-insert.sql": "INSERT INTO steps VALUES ('sql');",
        f"{SCRIPTS}/README": "is ignored",
    }
    database = create({"POSTGRES_PASSWORD": "pw", "POSTGRES_DB": "shop"}).start(scripts).ready()
    told = database.ask("SELECT string_agg(name, '; ' ORDER BY at) FROM steps", Login("postgres", "shop", "pw"))
    assert told == "shell, database shop; sql"


def test_executable_and_compressed_scripts_run(create: Create) -> None:
    """A script with the executable bit is a process of its own, under its own interpreter; .sql.gz is unpacked."""
    prepare = (
        f"chmod +x {SCRIPTS}/1.sh && echo 'CREATE TABLE packed ();' | gzip > {SCRIPTS}/2.sql.gz "
        "&& exec docker-entrypoint.sh postgres"
    )
    script = '#!/usr/bin/env bash\nset -e\nwords=(a b)\npsql --username postgres -c "CREATE TABLE ${words[1]} ()"\n'
    database = create(Entrypoint=["sh", "-c", prepare]).start({f"{SCRIPTS}/1.sh": script}).ready()
    assert database.ask("SELECT count(*) FROM pg_tables WHERE tablename IN ('b', 'packed')") == "2"


def test_a_failing_script_stops_the_first_start(create: Create) -> None:
    """An error in a SQL script ends the container: a half-made database never serves."""
    database = create().start({f"{SCRIPTS}/1.sql": "SELECT * FROM nowhere;"})
    assert database.ended() != 0
    assert 'relation "nowhere" does not exist' in database.log()


def test_the_temporary_server_is_not_on_tcp(create: Create) -> None:
    """While the scripts of the first start run, the socket answers and TCP does not."""
    probe = (
        "if pg_isready --host 127.0.0.1; then echo probe: tcp open; else echo probe: tcp closed; fi; "
        "pg_isready && echo probe: socket open"
    )
    database = create().start({f"{SCRIPTS}/probe.sh": probe}).ready()
    assert re.findall("probe: .*", database.log()) == ["probe: tcp closed", "probe: socket open"]


def test_data_outlives_a_restart_and_scripts_do_not_run_again(create: Create) -> None:
    """A second start finds the database, says so, and makes nothing anew."""
    database = (
        create().start({f"{SCRIPTS}/1.sql": "CREATE TABLE kept (); INSERT INTO kept DEFAULT VALUES;"}).ready()
    )
    database.engine.stop(database.container, grace=10)
    database.start().ready()
    assert database.ask("SELECT count(*) FROM kept") == "1"
    assert "Skipping initialization" in database.log()


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_it_within_a_second(create: Create, signal: str) -> None:
    """Postgres itself is the first process: it gets the signal, and ends cleanly."""
    database = create().start().ready()
    began = time.monotonic()
    database.engine.kill(database.container, signal=signal)
    assert database.ended() == 0
    assert time.monotonic() - began < 1
    assert "database system is shut down" in database.log()


def test_stop_is_a_fast_shutdown(create: Create) -> None:
    """The image's own stop signal is SIGINT: a client that stays connected does not hold it up."""
    database = create(Cmd=["postgres", "-c", "log_connections=on"]).start().ready()
    hold = "psql --username postgres -c 'SELECT pg_sleep(60)' >/dev/null 2>&1 &"
    database.exec("sh", "-c", hold)
    began = time.monotonic()
    database.engine.stop(database.container, grace=10)
    assert time.monotonic() - began < 2
    assert "received fast shutdown request" in database.log()


def test_data_goes_where_the_official_image_has_it(create: Create) -> None:
    """PGDATA is the official folder of this major, private to its user, and a volume of its own."""
    database = create().start().ready()
    folder = f"/var/lib/postgresql/{MAJOR}/docker" if int(MAJOR) >= 18 else "/var/lib/postgresql/data"
    assert database.ask("SHOW data_directory") == folder
    assert database.exec("stat", "-c", "%a %U", folder) == (0, "700 postgres")
    volume = "/var/lib/postgresql" if int(MAJOR) >= 18 else folder
    assert list(database.engine.inspect(database.container).volumes) == [volume]


def test_pgdata_can_be_elsewhere(create: Create) -> None:
    """PGDATA names another folder, which is made and given to the database's user."""
    database = create({"POSTGRES_PASSWORD": "pw", "PGDATA": "/srv/deep/er"}).start().ready()
    assert database.ask("SHOW data_directory") == "/srv/deep/er"


def test_it_runs_as_postgres_and_as_a_given_user(create: Create) -> None:
    """Root is dropped before the server starts; `--user` is respected, with an account or without."""
    process = ("stat", "-c", "%u", "/proc/1")
    postgres = create().start().ready()
    assert postgres.exec(*process) == postgres.exec("id", "-u", "postgres")
    assert create(User="postgres").start().ready().exec(*process) == postgres.exec(*process)
    # A folder of its own: one that belongs to another user, initdb may not make private.
    environment = {"POSTGRES_PASSWORD": "pw", "PGDATA": "/var/lib/postgresql/data/mine"}
    assert create(environment, User="4242:4242").start().ready().exec(*process) == (0, "4242")


def test_arguments_go_to_the_server(create: Create) -> None:
    """A command that starts with a dash is arguments of postgres, in the first start too."""
    database = create(Cmd=["-c", "max_connections=7"]).start().ready()
    assert database.ask("SHOW max_connections") == "7"


def test_other_commands_and_questions_start_no_database(create: Create) -> None:
    """A command of one's own is run as it is, and `--version` needs no password."""
    shell = create({}, Cmd=["sh", "-c", "echo hello"]).start()
    assert (shell.ended(), shell.log()) == (0, "hello")
    version = create({}, Cmd=["postgres", "--version"]).start()
    assert version.ended() == 0
    assert f"postgres (PostgreSQL) {MAJOR}" in version.log()


@pytest.mark.skipif(int(MAJOR) < 18, reason="the rule came with the image of Postgres 18")
def test_a_volume_at_the_former_place_is_refused(create: Create) -> None:
    """From 18 on a volume at /var/lib/postgresql/data would stay empty: the first start says so and ends."""
    database = create(Volumes={"/var/lib/postgresql/data": {}}).start()
    assert database.ended() == 1
    assert "/var/lib/postgresql/data" in database.log()
