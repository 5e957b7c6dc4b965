"""A Postgres server that somebody names: databases of our own on it, all dropped afterwards.

Each run has a random key. It is part of the names of the run's databases, and the run holds an advisory lock on it
for as long as it is connected. So a database whose key nobody holds belongs to a run that is dead, wherever it ran,
and the next run drops it. Roles, tablespaces and settings of the server, which no database holds, are not undone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harness.errors import PostgresError, UsageError
from harness.replay.server import Server

_MAY_CREATE = "SELECT rolcreatedb OR rolsuper, current_user FROM pg_roles WHERE rolname = current_user"
# A run takes its lock before it makes its first database, and a query takes its snapshot of the databases before it
# looks at the locks: a database that is seen without a lock has lost its run.
_DEAD = r"""
SELECT datname FROM pg_database
WHERE datname ~ '^bootsmoke_[0-9a-f]{15}_' AND pg_has_role(datdba, 'USAGE') AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1
      AND (classid::bigint << 32) + objid::bigint = ('x0' || substr(datname, 11, 15))::bit(64)::bigint)
"""


@contextmanager
def given(url: str, *, extensions: Collection[str] = ()) -> Iterator[Server]:
    """Connect to a server; databases that the block makes there are dropped at its end, also after an error.

    The database that the URL names (`postgres` if none) is only connected to. UsageError for a URL that is none
    or a user who may not create databases; PostgresError when no server answers or it lacks an extension. No
    message shows the password.
    """
    key = secrets.randbits(60)
    with _connect(_conninfo(url), f"bootsmoke_{key:015x}_") as server:
        _refuse_unfit(server, extensions)
        server.admin.execute("SELECT pg_advisory_lock(%s::bigint)", [key])
        for (name,) in server.admin.execute(_DEAD).fetchall():
            server.drop_foreign(str(name))
        try:
            yield server
        finally:
            _drop_all(server)


def _conninfo(url: str) -> str:
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # quotes the URL, password and all
        raise UsageError(
            "--postgres is no connection string that Postgres understands",
            help="write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %XX for special characters",
        ) from None
    return make_conninfo(url, dbname=parts.get("dbname", "postgres"), application_name="bootsmoke")


def _connect(conninfo: str, prefix: str) -> Server:
    try:
        return Server(conninfo, prefix=prefix)
    except psycopg.OperationalError as error:
        raise PostgresError(
            f"no connection to the given Postgres: {error}", help="is it up, and are user and password right?"
        ) from None


def _refuse_unfit(server: Server, extensions: Collection[str]) -> None:
    for may_create, role in server.admin.execute(_MAY_CREATE):
        if not may_create:
            raise UsageError(
                f"the user {role} may not create databases on the given Postgres",
                help=f"ALTER ROLE {role} CREATEDB, or name another user: replay never touches a database of others",
            )
    query = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)"
    has = {str(name) for (name,) in server.admin.execute(query, [list(extensions)])}
    if missing := sorted(set(extensions) - has):
        raise PostgresError(
            f"the given Postgres {server.version} lacks extensions that the ladder creates: {', '.join(missing)}",
            help="install them on that server, or name one that has them",
        )


def _drop_all(server: Server) -> None:
    try:
        for name in sorted(server.databases):
            server.drop(name)
    except psycopg.Error as error:
        left = ", ".join(server.prefix + name for name in sorted(server.databases))
        raise PostgresError(
            f"left on the given Postgres: {left}: {error}", help="the next run drops them"
        ) from error
