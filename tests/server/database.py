"""A Postgres of the tests' own, in a container on 127.0.0.1."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import LiteralString

import docker
import psycopg
from docker.models.containers import Container
from psycopg.sql import SQL, Identifier

IMAGE = f"postgres:{os.environ.get('PG', '16')}-alpine"
PASSWORD = "of-the-tests"  # noqa: S105


class Postgres:
    """One container, many databases."""

    def __init__(self, container: Container, port: int) -> None:
        self.container = container
        self.port = port

    def url(self, database: str) -> str:
        """Return the connection string of a database."""
        return f"postgresql://app:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement as an administrator."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make an empty database, and drop it at the end whoever is still connected to it."""
        name = f"t_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def turn_away(self, database: str) -> None:
        """End the connections of a database, and allow no new one."""
        self.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
            )

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Pause it: connections stay open, and nothing answers."""
        self.container.pause()
        try:
            yield
        finally:
            self.container.unpause()


def snapshot(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the public schema's catalog, sequences and rows.

    Object ids, file nodes, and each row's place and transaction are part of it, so that a table or a row that
    was made anew with the same content shows as well.
    """
    with psycopg.connect(url) as connection:
        taken = {name: connection.execute(query).fetchall() for name, query in _CATALOG.items()}
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            rows = SQL("SELECT ctid::text, xmin::text, t::text FROM {} t ORDER BY 1")
            taken[f"rows of {table}"] = connection.execute(rows.format(Identifier(table))).fetchall()
    return taken


_CATALOG: dict[str, LiteralString] = {
    "relations": "SELECT oid, relname, relkind, relfilenode FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
    "columns": "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "constraints": "SELECT oid, conrelid, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 1",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
}


@contextmanager
def postgres_container(engine_address: str) -> Iterator[Postgres]:
    """Run the image on a free port, in a network of its own, and remove everything afterwards.

    The engine's default bridge is no place for it: what a killed engine left there may have the same address.
    """
    name = f"refserver-tests-{uuid.uuid4().hex[:12]}"
    with closing(docker.DockerClient(engine_address)) as client, _network(client, name):
        container = client.containers.run(
            IMAGE,
            name=name,
            network=name,
            environment={"POSTGRES_USER": "app", "POSTGRES_PASSWORD": PASSWORD},
            command=["-c", "fsync=off"],
            ports={"5432/tcp": ("127.0.0.1", 0)},
            detach=True,
        )
        try:
            container.reload()
            published = container.ports["5432/tcp"] or []
            postgres = Postgres(container, int(published[0]["HostPort"]))
            wait_until_it_answers(postgres)
            yield postgres
        finally:
            container.remove(force=True, v=True)


@contextmanager
def _network(client: docker.DockerClient, name: str) -> Iterator[None]:
    network = client.networks.create(name)
    try:
        yield
    finally:
        network.remove()


def wait_until_it_answers(postgres: Postgres, within: float = 60.0) -> None:
    """Return when a query over TCP is answered, which the first start's temporary server never does."""
    deadline = time.monotonic() + within
    while True:
        try:
            return postgres.execute("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise AssertionError(postgres.container.logs().decode()) from None
            time.sleep(0.1)
