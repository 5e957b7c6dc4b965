"""Replays a ladder: cold on an empty database, then warm on clones of what the cold boot left.

One clone is for the boot that a server would make, one for every statement on its own. Where that has changed
anything, a third is watched to find the statements behind it, and the second boots once more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
from psycopg.rows import TupleRow

from harness.errors import Place, PostgresError, UsageError
from harness.replay.apply import apply, apply_ladder
from harness.replay.arena import Arena
from harness.replay.attempt import attempt
from harness.replay.drift import Changes
from harness.replay.model import Cold, Options, Replay, Warm
from harness.replay.state import State, fingerprints, take
from harness.replay.watch import Watcher, wal_position

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration
    from harness.replay.apply import StatementError
    from harness.replay.canary.model import Filling
    from harness.replay.interrupt import Interruptions
    from harness.replay.race import Race
    from harness.replay.server import Server

Connection = psycopg.Connection[TupleRow]

_SESSION = re.compile(
    r"set\s+(?!local\b|constraints\b|transaction\b)|select\s+(?:pg_catalog\s*\.\s*)?set_config\b", re.IGNORECASE
)
_ROLES = "SELECT rolname::text FROM pg_roles"


def replay(ladder: Ladder, server: Server, options: Options = Options()) -> Replay:  # noqa: B008 - it is frozen
    """Boot a ladder cold and warm on databases of its own, which are dropped at the end.

    LadderError where a file is no SQL that a server can send, UsageError when the setup or the seed fails,
    PostgresError when the server goes away.
    """
    ladder.check()
    with own_databases(server, ladder, options):
        try:
            return _Run(ladder, server, options).result()
        except psycopg.OperationalError as error:
            raise PostgresError(f"Postgres broke off in the middle of the replay: {error}") from error


class _Run:
    """One replay under way."""

    def __init__(self, ladder: Ladder, server: Server, options: Options) -> None:
        self._ladder = ladder
        self._server = server
        self._options = options
        self._piecewise: list[Migration] = []

    def result(self) -> Replay:
        """Boot cold, put rows in, boot warm."""
        cold, passed = self._cold()
        found = Replay(self._ladder, self._server.version, cold, None)
        if not passed:
            return found
        canary = self._fill()
        first, seconds, wal = self._boot("warm", passed)
        failures, changes = self._each(passed, self._live(canary))
        arena = Arena(self._server, passed, self._piecewise, self._connect)
        return replace(
            found,
            warm=Warm(seconds, first, tuple(failures), wal),
            canary=canary,
            schema_drift=tuple(changes.schema),
            data_drift=tuple(changes.data),
            rewrites=tuple(changes.rewrites),
            race=self._race(arena, failures),
            interruptions=self._interrupt(arena, booted="cold" if first else "warm"),
        )

    def _cold(self) -> tuple[Cold, Sequence[Migration]]:
        """Return how the cold boot went, and the files that passed."""
        keeps_blank = self._options.race > 0 or self._options.interrupt
        if keeps_blank:
            self._server.create("blank")
            with self._connect("blank", whole_setup=True):
                pass  # the setup alone
        self._server.create("cold", template="blank" if keeps_blank else None)
        passed: list[Migration] = []
        with self._connect("cold", whole_setup=not keeps_blank) as connection:
            began = time.monotonic()
            for migration in self._ladder.migrations:
                error, piecewise = apply(connection, migration)
                if error:
                    return Cold(time.monotonic() - began, error), passed
                passed.append(migration)
                self._piecewise += [migration] if piecewise else []
            return Cold(time.monotonic() - began, None), passed

    def _fill(self) -> Filling | None:
        if self._options.seed is not None:
            with self._connect("cold") as connection:
                apply_given(connection, self._options.seed)
            return None
        if not self._options.canary:
            return None
        from harness.replay.canary.fill import fill  # noqa: PLC0415 - not needed without a canary

        with self._connect("cold") as connection:
            return fill(connection)

    def _boot(self, database: str, migrations: Sequence[Migration]) -> tuple[StatementError | None, float, int]:
        """Boot as a server does; return its first error, its seconds and the bytes of log that it wrote."""
        self._server.create(database, template="cold")
        with self._connect(database) as connection:
            written, began = wal_position(connection), time.monotonic()
            error = apply_ladder(connection, migrations)
            return error, time.monotonic() - began, wal_position(connection) - written

    def _race(self, arena: Arena, failures: Sequence[StatementError]) -> Race | None:
        if not self._options.race:
            return None
        from harness.replay.race import race  # noqa: PLC0415 - not needed without a race

        return race(arena, self._options.race, blank="blank", booted="cold", fails_alone=failures)

    def _interrupt(self, arena: Arena, booted: str) -> Interruptions | None:
        if not self._options.interrupt:
            return None
        from harness.replay.interrupt import interrupt  # noqa: PLC0415 - not needed without interruptions

        return interrupt(arena, blank="blank", booted=booted)

    def _live(self, canary: Filling | None) -> frozenset[str] | None:
        """Return the tables that hold rows which are not the ladder's own; None for all."""
        if self._options.seed is not None:
            return None
        return frozenset(item.table for item in canary.filled if item.added) if canary else frozenset()

    def _each(
        self, migrations: Sequence[Migration], live: frozenset[str] | None
    ) -> tuple[Sequence[StatementError], Changes]:
        """Try each statement; return those that failed, and what the others changed."""
        self._server.create("each", template="cold")
        with self._connect("each") as connection:
            prints = fingerprints(connection)
            failures = self._attempt(connection, migrations)
        with self._connect("each") as connection:
            now = fingerprints(connection)
        touched = {name for name, fingerprint in prints.items() if now.get(name, fingerprint) != fingerprint}
        changes = Changes(self._state("cold", touched), self._state("each", touched), live)
        return failures, self._traced(changes, migrations) if changes else changes

    def _traced(self, changes: Changes, migrations: Sequence[Migration]) -> Changes:
        """Boot once more from the same state, to find who did it, and once more after it, to see what goes on."""
        self._server.create("traced", template="cold")
        with self._connect("traced") as connection:
            watcher = Watcher(connection, changes.before, changes.targets())
            self._attempt(connection, migrations, watcher)
        with self._connect("each") as connection:
            self._attempt(connection, migrations)
        tables = changes.before.tables
        return changes.traced(watcher, twin=self._state("traced", tables), third=self._state("each", tables))

    def _attempt(
        self, connection: Connection, migrations: Sequence[Migration], watcher: Watcher | None = None
    ) -> list[StatementError]:
        return attempt(connection, migrations, piecewise=self._piecewise, watch=watcher)

    def _state(self, database: str, tables: Collection[str]) -> State:
        """Take the state of a database, with the rows of some tables, as a new connection finds it."""
        with self._connect(database) as connection:
            return take(connection, tables)

    @contextmanager
    def _connect(self, database: str, *, whole_setup: bool = False) -> Iterator[Connection]:
        """Open a connection as a server's boot finds it: what the setup has SET is set."""
        with self._server.connect(database) as connection:
            connection.prepare_threshold = None  # DISCARD ALL in a migration would take prepared statements away
            setup = self._options.setup
            if setup is not None:
                apply_given(connection, setup if whole_setup else session_part(setup))
            yield connection


def session_part(setup: Migration) -> Migration:
    """Return a setup with those statements only that hold for a session."""
    kept = [statement.text for statement in setup.statements if _SESSION.match(statement.text)]
    return replace(setup, text=";\n".join(kept))


def apply_given(connection: Connection, given: Migration) -> None:
    """Apply what the user gave beside the ladder; UsageError where it fails."""
    error, _ = apply(connection, given)
    if error:
        place = Place(error.path, error.line)
        raise UsageError(f"{error.message} (SQLSTATE {error.sqlstate})", place=place)


@contextmanager
def own_databases(server: Server, ladder: Ladder, options: Options) -> Iterator[None]:
    """Drop afterwards what was made in the block: databases, and the roles that the ladder's text names."""
    databases, roles = set(server.databases), _roles(server)
    try:
        yield
    finally:
        for name in sorted(server.databases - databases):
            server.drop(name)
        texts = [migration.text for migration in (*ladder.migrations, options.setup, options.seed) if migration]
        for role in sorted(_roles(server) - roles):
            if any(role in text for text in texts):
                server.admin.execute(psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(role)))


def _roles(server: Server) -> set[str]:
    return {str(name) for (name,) in server.admin.execute(_ROLES)}
