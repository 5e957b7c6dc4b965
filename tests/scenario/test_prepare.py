"""What is known of a scenario before anything boots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.compose.model import Condition, Dependency, Project, Service
from harness.errors import LadderError, ScenarioError, UsageError
from harness.scenario.load import load
from harness.scenario.prepare import dependencies, prepare, warm_targets, with_jobs

COMPOSE = """
services:
  postgres:
    image: postgres:16-alpine
    environment: {POSTGRES_PASSWORD: hunter22secret}
  server:
    build: ./server
    depends_on: [postgres]
"""


def project(*services: Service) -> Project:
    """Make a project of some services."""
    by_name = {service.name: service for service in services}
    return Project("shop", (), Path(), by_name, {}, {}, {}, {})


def service(name: str, *needs: tuple[str, Condition], built: bool = False) -> Service:
    """Make a service with its dependencies."""
    depends_on = tuple(Dependency(other, condition) for other, condition in needs)
    return Service(name, name, {}, "h", build={"context": "."} if built else None, depends_on=depends_on)


POSTGRES = service("postgres")
MIGRATE = service("migrate", ("postgres", Condition.HEALTHY))
SERVER = service("server", ("migrate", Condition.COMPLETED))
CACHE = service("cache")


def test_the_warm_boot_takes_what_depends_on_postgres_at_any_distance() -> None:
    """A server that only waits for the migrate job depends on the database all the same."""
    everything = project(POSTGRES, MIGRATE, SERVER, CACHE)
    assert warm_targets(everything, ["postgres"]) == ("migrate", "server")
    assert dependencies(everything, "server") == {"migrate", "postgres"}


def test_where_no_one_says_that_it_depends_on_postgres_the_built_services_are_taken() -> None:
    """What is built from source is what its maintainers test."""
    assert warm_targets(project(POSTGRES, CACHE, service("app", built=True)), ["postgres"]) == ("app",)
    assert warm_targets(project(POSTGRES, CACHE), ["postgres"]) == ("cache",)


def test_a_project_of_nothing_but_postgres_has_no_warm_boot() -> None:
    """There is no ladder to replay, and that is said."""
    with pytest.raises(UsageError, match="nothing but Postgres"):
        warm_targets(project(POSTGRES), ["postgres"])


def test_jobs_that_have_to_complete_run_again_with_their_dependents() -> None:
    """`docker compose up` starts them again, too; the database stays."""
    assert with_jobs(project(POSTGRES, MIGRATE, SERVER), ["server"]) == ("migrate", "server")


def test_what_asks_to_be_restarted_with_its_dependency_is_booted_again_with_it() -> None:
    """`depends_on: restart: true`, which Compose sets for a shared network, too: its old one is gone."""
    needs = Dependency("server", Condition.STARTED, restart=True)
    sidecar = replace(service("sidecar"), depends_on=(needs,))
    beside = replace(service("beside"), depends_on=(replace(needs, service="sidecar"),))
    other = service("other", ("server", Condition.STARTED))
    everything = project(POSTGRES, MIGRATE, SERVER, sidecar, beside, other)
    assert with_jobs(everything, ["server"]) == ("migrate", "server", "sidecar", "beside")
    assert with_jobs(everything, ["other"]) == ("other",)


def scenario(folder: Path, text: str = "") -> Path:
    """Write a scenario with a compose file and a built service that has a ladder."""
    migrations = folder / "server/migrations"
    migrations.mkdir(parents=True)
    (migrations / "1_users.up.sql").write_text("CREATE TABLE users (id int);\n")
    (folder / "server/Dockerfile").write_text("FROM scratch\n")
    (folder / "compose.yml").write_text(COMPOSE)
    (folder / "scenario.yaml").write_text(f"compose: {{files: [compose.yml]}}\n{text}\nsteps: [{{boot: cold}}]\n")
    return folder


def test_the_ladder_is_found_in_the_build_context(tmp_path: Path) -> None:
    """No option is needed where the migrations stand beside the Dockerfile."""
    ladder = prepare(load(scenario(tmp_path))).ladder
    assert ladder is not None
    assert [migration.name for migration in ladder.migrations] == ["1_users.up.sql"]


def test_a_file_that_is_put_replaces_its_namesake_in_the_ladder(tmp_path: Path) -> None:
    """The cause has to name the file that ran, not the one in the image."""
    (tmp_path / "other.sql").write_text("CREATE TABLE users (id bigint);\n")
    put = "put: [{service: server, file: other.sql, to: /app/migrations/1_users.up.sql}]"
    ladder = prepare(load(scenario(tmp_path, put))).ladder
    assert ladder is not None
    assert ladder.migrations[0].path == tmp_path / "other.sql"


def test_migrations_that_are_named_have_to_be_there(tmp_path: Path) -> None:
    """A folder without any is wrong usage, not a boot without a cause."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(LadderError, match="no migrations found"):
        prepare(load(scenario(tmp_path, "migrations: empty")))


def test_an_unknown_service_is_refused_before_anything_boots(tmp_path: Path) -> None:
    """With the place in the scenario, and the name that was probably meant."""
    with pytest.raises(ScenarioError, match="did you mean `server`"):
        prepare(load(scenario(tmp_path, "service: servr")))


def test_passwords_of_the_compose_environment_are_secrets_and_service_names_are_not(tmp_path: Path) -> None:
    """What is masked everywhere must not be an ordinary word."""
    assert prepare(load(scenario(tmp_path))).secrets == {"hunter22secret"}


def test_the_default_password_of_a_development_stack_is_no_secret(tmp_path: Path) -> None:
    """`postgres` is the official image's default user and database: masking it would mask paths and log lines."""
    (scenario(tmp_path) / "compose.yml").write_text(
        "services: {db: {image: postgres:16, environment: {POSTGRES_PASSWORD: postgres}}}"
    )
    assert prepare(load(tmp_path)).secrets == set()


def test_the_arguments_of_a_build_are_searched_for_secrets(tmp_path: Path) -> None:
    """The builder prints them into its log."""
    build = COMPOSE.replace("build: ./server", "build: {context: ./server, args: {NPM_TOKEN: npm_12345, EMPTY: }}")
    (scenario(tmp_path) / "compose.yml").write_text(build)
    assert prepare(load(tmp_path)).secrets == {"hunter22secret", "npm_12345"}
