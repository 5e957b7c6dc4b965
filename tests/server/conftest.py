"""Fixtures: one Postgres a session, one database a test, servers that never outlive their test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.database import Postgres, postgres_container
from tests.server.running import MIGRATIONS, TOKEN, Running

Boot = Callable[..., Running]


@pytest.fixture(scope="session")
def postgres(engine_address: str) -> Iterator[Postgres]:
    """Give the session's Postgres."""
    with postgres_container(engine_address) as running:
        yield running


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """Give the name of an empty database."""
    with postgres.database() as name:
        yield name


@pytest.fixture
def database_url(postgres: Postgres, database: str) -> str:
    """Give the connection string of the test's database."""
    return postgres.url(database)


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[Boot]:
    """Give what starts a server on a database, with a ladder and a token of one's choice."""
    started: list[Running] = []

    def start(database_url: str, migrations: Path = MIGRATIONS, token: str = TOKEN) -> Running:
        started.append(Running(tmp_path / f"server-{len(started)}.log", database_url, migrations, token))
        return started[-1]

    yield start
    for server in started:
        server.close()
