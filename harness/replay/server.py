"""A Postgres server to replay on, wherever it comes from: databases made, cloned, connected to and dropped."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import TracebackType

    from psycopg.rows import TupleRow

_FORCE_SINCE = 13


class Server:
    """A server on which this process makes databases of its own; a context manager that drops them at its end.

    Databases go by short names that the caller chooses; on a server that others use they have a prefix before
    them, so that they meet nobody else's. Several threads may use it.
    """

    def __init__(self, conninfo: str, *, prefix: str = "") -> None:
        """Connect; `conninfo` names the database from which the others are made, and psycopg's errors pass."""
        self.prefix = prefix
        self._conninfo = conninfo
        self._admin = psycopg.connect(conninfo, autocommit=True)
        self._names: set[str] = set()
        self.major, minor = divmod(self._admin.info.server_version, 10_000)
        self.version = f"{self.major}.{minor}"
        """Such as 18.1."""

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def conninfo(self, database: str) -> str:
        """Return the connection string of one of this server's databases; it may hold a password."""
        return make_conninfo(self._conninfo, dbname=self.prefix + database)

    def connect(self, database: str) -> psycopg.Connection[TupleRow]:
        """Open a connection to a database that was created here; autocommit is on."""
        return psycopg.connect(self.conninfo(database), autocommit=True)

    def create(self, name: str, *, template: str | None = None) -> None:
        """Make a database: an empty one, or a copy of one that was created here and that nobody is connected to.

        Raises psycopg's errors: DuplicateDatabase when the name is taken, ObjectInUse when the template is in use.
        """
        source = "template0" if template is None else self.prefix + template
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._admin.execute(command.format(sql.Identifier(self.prefix + name), sql.Identifier(source)))
        self._names.add(name)

    def drop(self, name: str) -> None:
        """Drop a database that was created here, with all connections to it; ValueError for any other."""
        if name not in self._names:
            raise ValueError(f"{name} was not created here")
        self._drop(self.prefix + name)
        self._names.remove(name)

    def _drop(self, database: str) -> None:
        quoted = sql.Identifier(database)
        if self.major >= _FORCE_SINCE:
            self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
            return
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self._admin.execute(query, [database])
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(quoted))

    def available(self, extensions: Collection[str]) -> set[str]:
        """Return those of the extensions that the server has files for."""
        query = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)"
        return {str(row[0]) for row in self._admin.execute(query, [list(extensions)])}

    def close(self) -> None:
        """Drop every database that was created here, and disconnect."""
        try:
            for name in sorted(self._names):
                self.drop(name)
        finally:
            with suppress(psycopg.Error):
                self._admin.close()
