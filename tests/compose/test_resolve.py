"""Resolving with the real Docker Compose: what comes out, and what its complaints become."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.compose.model import Condition, Project
from harness.compose.resolve import resolve
from harness.errors import ComposeError

Load = Callable[..., Project]
STACK = """\
services:
  db:
    image: postgres:${PG:-16}
    environment: {PRICE: 5$$, TAG: "${TAG}"}
    healthcheck: {test: pg_isready, interval: 2s, retries: 5}
  server:
    build: {context: app}
    depends_on: {db: {condition: service_healthy}}
    restart: on-failure:3
    stop_grace_period: 1m
  worker:
    image: x
    profiles: [work]
"""


def test_resolves_the_default_file_with_its_override(load: Load, tmp_path: Path) -> None:
    """Without -f the file of the folder is read with its override, and what it says becomes typed fields."""
    override = "services: {server: {deploy: {replicas: 2}}}"
    project = load(STACK, others={"compose.override.yml": override, ".env": "TAG=a b\nPG=15\n"})
    assert project.files == (tmp_path / "compose.yml", tmp_path / "compose.override.yml")
    assert project.directory == tmp_path
    assert set(project.services) == {"db", "server"}
    db, server = project.services["db"], project.services["server"]
    assert (db.image, db.environment) == ("postgres:15", {"PRICE": "5$", "TAG": "a b"})
    assert db.healthcheck is not None
    assert (db.healthcheck.test, db.healthcheck.interval, db.healthcheck.timeout) == (
        ("CMD-SHELL", "pg_isready"),
        2,
        30,
    )
    assert server.image.startswith(f"bootsmoke/{project.name}-server:")
    assert (server.restart.name, server.restart.retries, server.replicas, server.stop_grace) == (
        "on-failure",
        3,
        2,
        60,
    )
    assert [(d.service, d.condition) for d in server.depends_on] == [("db", Condition.HEALTHY)]
    assert all(len(service.config_hash) == 64 for service in project.services.values())


def test_files_profiles_env_files_and_the_environment_count(load: Load, tmp_path: Path) -> None:
    """Several -f, profiles, env files and the given environment are Compose's to combine."""
    project = load(
        STACK,
        others={"more.yml": "services: {db: {image: 'pg:${PG}'}}", "vars": "PG=14\n"},
        files=[Path("compose.yml"), Path("more.yml")],
        profiles=["work"],
        env_files=[Path("vars")],
        environment={"PATH": "/usr/bin:/bin", "TAG": "from environment"},
    )
    assert project.services["db"].image == "pg:14"
    assert project.services["db"].environment["TAG"] == "from environment"
    assert "worker" in project.services
    assert project.files == (tmp_path / "compose.yml", tmp_path / "more.yml")


def test_compose_file_may_stand_in_the_env_file(load: Load, tmp_path: Path) -> None:
    """COMPOSE_FILE from `.env` is what Compose reads, and so are the places and labels."""
    project = load(STACK, others={"other.yml": "services: {a: {image: y}}", ".env": "COMPOSE_FILE=other.yml\n"})
    assert set(project.services) == {"a"}
    assert project.files == (tmp_path / "other.yml",)


def test_warnings_of_compose_are_kept(load: Load) -> None:
    """A variable that is not set is said in the notes, once."""
    project = load(STACK, environment={"PATH": "/usr/bin:/bin"})
    assert [note for note in project.notes if "TAG" in note] == [
        'Compose warns: The "TAG" variable is not set. Defaulting to a blank string.'
    ]


def test_secrets_from_variables_have_their_content(load: Load) -> None:
    """A secret's variable is read from the environment or from .env, with all its lines."""
    text = "services: {a: {image: x, secrets: [s, t]}}\nsecrets: {s: {environment: S}, t: {environment: T}}"
    project = load(text, others={".env": 'S="one\ntwo"\n'}, environment={"PATH": "/usr/bin:/bin", "T": "-\nK=v\n"})
    assert project.secrets["s"]["content"] == "one\ntwo"
    assert project.secrets["t"]["content"] == "-\nK=v\n"


def test_resolving_is_fast(load: Load) -> None:
    """The three queries run side by side: far less than a second altogether."""
    load(STACK)
    began = time.monotonic()
    resolve([Path("compose.yml")])
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    ("text", "place", "message", "advice"),
    [
        ("services:\n  a:\n    image: x\n   b: 1\n", "4:4", "this is no YAML", ""),
        ("services:\n  a:\n    image: x\n    foo: 1\n", "4:5", "'foo' not allowed", "spelling"),
        ("services:\n  a:\n    image: ${X:?need it}\n", "3:5", "X is missing a value: need it", "set the variable"),
        ("services:\n  a:\n    image: ${X\n", "3:5", "invalid interpolation", ""),
        ("services:\n  a:\n    image: x\n    image: y\n", "4", "already defined at line 3", ""),
        ("services:\n  a:\n    image: x\n    mem_limit: 5 parsecs\n", "4:5", "invalid suffix", ""),
        ("services:\n  a:\n    image: x\n    depends_on: [b]\n", "4:5", "undefined service", "profile"),
        ("services:\n  a:\n    image: x\n    networks: [n]\n", "4:5", "undefined network n", ""),
        ("services:\n  a:\n    image: x\n    env_file: no.env\n", "4:15", "no.env not found", "required: false"),
        ("services:\n  a:\n    image: x\n    ports: ['70000:1']\n", "4:13", "invalid hostPort: 70000", ""),
        ("include: [no.yml]\nservices: {a: {image: x}}\n", "1:11", "no such file", "correct the path"),
        ("services: {a: {image: x, profiles: [p]}}\n", "1:1", "no service is active", "--profile"),
        (
            "services:\n  a:\n    image: x\n    pre_stop: [{command: x}]\n",
            "4:5",
            "pre_stop is not carried",
            "signal",
        ),
        (
            "services:\n  a:\n    image: x\n    healthcheck:\n      start_interval: 1s\n",
            "5:7",
            "no effect without a start_period",
            "start_period",
        ),
        (
            "services:\n  a:\n    image: x\n    secrets: [s]\nsecrets:\n  s: {file: ./no}\n",
            "6:7",
            "which does not exist",
            "create the file",
        ),
        (
            "services:\n  a: {image: x, secrets: [s]}\nsecrets:\n  s: {environment: NOT_SET}\n",
            "4:7",
            "variable NOT_SET, which is not set",
            ".env",
        ),
        (
            "services:\n  a:\n    image: x\n    security_opt: ['seccomp=no.json']\n",
            "4:5",
            "seccomp profile no.json cannot be read",
            "",
        ),
    ],
)
def test_errors_have_a_place(load: Load, tmp_path: Path, text: str, place: str, message: str, advice: str) -> None:
    """What is wrong in a compose file is said with file, line, column and what to do; the exit code is 2."""
    with pytest.raises(ComposeError) as caught:
        load(text)
    assert message in caught.value.message
    assert str(caught.value.place) == f"{tmp_path / 'compose.yml'}:{place}"
    assert advice in caught.value.help
    assert caught.value.exit_code == 2


def test_an_error_in_an_included_file_is_placed_there(load: Load, tmp_path: Path) -> None:
    """Compose names the included file, and so does the error."""
    with pytest.raises(ComposeError) as caught:
        load("include: [part.yml]\n", others={"part.yml": "services:\n  c: {image: x, nono: 4}\n"})
    assert str(caught.value.place) == f"{tmp_path / 'part.yml'}:2:17"


def test_no_file_at_all_is_an_error(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ComposeError, match=r"nothing\.yml: no such file"):
        resolve([tmp_path / "nothing.yml"])
