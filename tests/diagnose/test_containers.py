"""From a real Postgres's complaint to the statement: its own log, its own messages, its own psql."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.diagnose.evidence import Evidence
from harness.diagnose.explain import explain
from harness.diagnose.prove import prove
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder, Migration, load
from harness.outcome import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.diagnose.model import Cause
    from harness.engine import Engine

pytestmark = pytest.mark.docker

COMPOSE = Path(__file__).parents[2] / "compose"
REFERENCE = find_ladder(COMPOSE / "server" / "migrations")


@dataclass
class Postgres:
    """A database in a container, driven by the psql beside it."""

    engine: Engine
    container: str
    database: str = "postgres"

    def psql(self, script: str) -> str:
        """Run a script and return all that it printed."""
        words = ("psql", "-XqAt", "-h", "127.0.0.1", "-U", "postgres", "-d", self.database)
        environment = {"PGPASSWORD": "test"}
        return self.engine.exec(
            self.container, words, timeout=30, environment=environment, stdin=script.encode()
        ).output

    def send(self, text: str) -> str:
        """Send a whole text as one simple query, as a server does at boot; return psql's words."""
        words = ("psql", "-XqAt", "-v", "VERBOSITY=verbose", "-U", "postgres", "-d", self.database, "-c", text)
        return self.engine.exec(self.container, words, timeout=30).output

    def boot(self, ladder: Ladder) -> list[str]:
        """Apply a ladder and return the log of a server that stops at the first error."""
        log = []
        for migration in ladder.migrations:
            log.append(f"migration {migration.name}")
            errors = [line for line in self.send(migration.text).splitlines() if line.startswith("ERROR:  ")]
            if errors:
                state, message = errors[0].removeprefix("ERROR:  ").split(": ", 1)
                return [*log, f"migration {migration.name} failed: {message} (SQLSTATE {state})"]
        return log


@pytest.fixture(scope="module")
def postgres(docker_engine: Engine) -> Iterator[Postgres]:
    """Give a running Postgres."""
    body = {"Image": "postgres:16-alpine", "Env": ["POSTGRES_PASSWORD=test"]}
    container = docker_engine.create_container(f"bootsmoke-diagnose-{uuid.uuid4().hex[:8]}", body)
    try:
        docker_engine.start(container)
        running = Postgres(docker_engine, container)
        while "1" not in running.psql("select 1").split():
            pass
        yield running
    finally:
        docker_engine.remove_container(container)


@pytest.fixture
def database(postgres: Postgres) -> Postgres:
    """Give an empty database."""
    name = f"t{uuid.uuid4().hex[:8]}"
    assert postgres.psql(f"create database {name}") == ""
    return Postgres(postgres.engine, postgres.container, name)


def broken(case: str) -> Ladder:
    """Return the reference ladder with one file replaced by its broken twin."""
    (path,) = (COMPOSE / "broken" / case).glob("*.sql")
    return REFERENCE.overlay({path.name: path})


def failing_boot(database: Postgres, ladder: Ladder, *, told: bool = True, psql: bool = True) -> Cause:
    """Boot and explain; `told` says whether the server's log names file and message."""
    before = len(database.engine.logs(database.container))
    log = database.boot(ladder)
    assert log[-1].endswith(")")
    evidence = Evidence(
        service="server",
        verdict=Verdict.FAILED,
        exit_code=1,
        lines=log if told else ["starting", "boot failed"],
        postgres=database.engine.logs(database.container)[before:],
    )
    return explain(evidence, ladder, database.psql if psql else None)


CASES = [
    ("unguarded-check", 1, "42710", "ALTER TABLE", "actor_roles_scope_type_enum"),
    ("conflict-target", 1, "42P10", "INSERT INTO actor_roles", "actor_roles"),
    ("null-key", 0, "23502", "INSERT INTO actor_roles", None),
    ("broken-insert", 0, "23502", "INSERT INTO permissions", "permissions.id"),
]


@pytest.mark.parametrize("told", [True, False], ids=["told", "silent"])
@pytest.mark.parametrize(("case", "boots", "state", "begins", "named"), CASES, ids=[case[0] for case in CASES])
def test_the_broken_ladders_are_explained(
    database: Postgres, case: str, boots: int, state: str, begins: str, named: str | None, told: bool
) -> None:
    """Each broken ladder leads to its file, line and statement, also if the server's own log says nothing."""
    ladder = broken(case)
    for _ in range(boots):
        assert not database.boot(ladder)[-1].endswith(")")
    found = failing_boot(database, ladder, told=told)
    (path,) = (COMPOSE / "broken" / case).glob("*.sql")
    assert found.path is not None
    assert Path(found.path).absolute() == path
    assert found.sqlstate == state
    assert found.statement is not None
    assert found.statement.startswith(begins)
    assert found.line is not None
    assert path.read_text().splitlines()[found.line - 1].startswith(begins)
    assert named is None or found.object == named
    assert found.confidence in ("matched", "proved")


def test_the_logs_alone_are_enough_for_a_named_constraint(database: Postgres) -> None:
    """Without a database to ask, a constraint's name and the file lead to the one statement that makes it."""
    ladder = broken("unguarded-check")
    database.boot(ladder)
    found = failing_boot(database, ladder, psql=False)
    assert (found.confidence, found.code) == ("matched", "BOOT101")


def migration(tmp_path: Path, text: str) -> Migration:
    """Write a migration."""
    path = tmp_path / "000001_a.up.sql"
    path.write_text(text)
    return load(path)


def test_a_proof_names_the_statement_and_leaves_nothing(database: Postgres, tmp_path: Path) -> None:
    """The first failing statement is named with its SQLSTATE, and all that ran before it is rolled back."""
    text = "begin; create table a (b int);\ninsert into a values (1);\ninsert into a values ('x');\ncommit;\n"
    proof = prove(migration(tmp_path, text), database.psql)
    assert proof is not None
    assert (proof.statement.line, proof.sqlstate) == (3, "22P02")
    assert database.psql("select to_regclass('a') is null").strip() == "t"


def test_a_migration_that_passes_proves_nothing_and_leaves_nothing(database: Postgres, tmp_path: Path) -> None:
    """Where every statement passes there is no proof, and the transaction is rolled back all the same."""
    assert (
        prove(migration(tmp_path, "create table a (b int); commit; create table c (d int);"), database.psql) is None
    )
    assert database.psql("select count(*) from pg_class where relname in ('a', 'c')").strip() == "0"


def test_what_a_file_does_to_end_the_transaction_fails_instead(database: Postgres, tmp_path: Path) -> None:
    """A COMMIT inside of a DO block is refused in our transaction: a proof can never commit."""
    text = "create table a (b int);\ndo $$ begin commit; end $$;\n"
    proof = prove(migration(tmp_path, text), database.psql)
    assert proof is not None
    assert (proof.statement.line, proof.sqlstate) == (2, "2D000")
    assert database.psql("select to_regclass('a') is null").strip() == "t"
