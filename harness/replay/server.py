"""A Postgres server to replay on, wherever it comes from: databases made, cloned, connected to and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

if TYPE_CHECKING:
    from types import TracebackType

    from psycopg.rows import TupleRow

_FORCE_SINCE = 13
"""The first major version that knows DROP DATABASE ... WITH (FORCE)."""

_FAREWELL_SECONDS = 0.1


class Server:
    """A server on which this process makes databases of its own; a context manager that disconnects at its end.

    Databases go by short names that the caller chooses; on a server that others use, a prefix stands before them,
    so that they meet nobody else's. Several threads may use it.
    """

    def __init__(self, conninfo: str, *, prefix: str = "", strategy: str = "") -> None:
        """Connect to the database of `conninfo`, from which the others are made; psycopg's errors pass.

        `strategy` is how CREATE DATABASE copies (Postgres 15 or later): `file_copy` is twice as fast where no
        checkpoint costs anything; empty for the server's own choice.
        """
        self.prefix = prefix
        self._strategy = sql.SQL(" STRATEGY " + strategy) if strategy else sql.SQL("")
        self._conninfo = conninfo
        self.admin = psycopg.connect(conninfo, autocommit=True)
        """The connection to the database that `conninfo` names. Nothing may be made in that one."""
        self.databases: set[str] = set()
        """What was created here and is not dropped yet."""
        self.major, minor = divmod(self.admin.info.server_version, 10_000)
        self.version = f"{self.major}.{minor}"
        """Such as 18.1."""

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.admin.close()

    def conninfo(self, database: str) -> str:
        """Return the connection string of a database that was created here; it may hold a password."""
        if database not in self.databases:
            raise ValueError(f"{database} was not created here")
        return make_conninfo(self._conninfo, dbname=self.prefix + database)

    def connect(self, database: str) -> psycopg.Connection[TupleRow]:
        """Open a connection to a database that was created here; autocommit is on."""
        return psycopg.connect(self.conninfo(database), autocommit=True)

    def create(self, name: str, *, template: str | None = None) -> None:
        """Make a database: an empty one, or a copy of one that was created here and has no connections.

        Raises psycopg's errors: DuplicateDatabase when the name is taken, ObjectInUse when the template is in use.
        """
        source = "template0" if template is None else self.prefix + template
        self._wait_for_farewells(source)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}{}")
        names = sql.Identifier(self.prefix + name), sql.Identifier(source)
        self.admin.execute(command.format(*names, self._strategy))
        self.databases.add(name)

    def _wait_for_farewells(self, database: str) -> None:
        """Wait a moment for backends whose client has left: CREATE and DROP DATABASE would sleep 0.1 s."""
        query = "SELECT FROM pg_stat_activity WHERE datname = %s LIMIT 1"
        rounds = Retrying(
            retry=retry_if_result(bool),
            wait=wait_fixed(0.001),
            stop=stop_after_delay(_FAREWELL_SECONDS),
            retry_error_callback=lambda _: None,
        )
        rounds(lambda: self.admin.execute(query, [database]).rowcount)

    def drop(self, name: str) -> None:
        """Drop a database that was created here, and with it all connections to it; ValueError for any other."""
        if name not in self.databases:
            raise ValueError(f"{name} was not created here")
        self._wait_for_farewells(self.prefix + name)
        self.drop_foreign(self.prefix + name)
        self.databases.remove(name)

    def drop_foreign(self, database: str) -> None:
        """Drop any database, by its full name, with all connections to it."""
        quoted = sql.Identifier(database)
        if self.major >= _FORCE_SINCE:
            self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
            return
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self.admin.execute(query, [database])
        self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(quoted))
