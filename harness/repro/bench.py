"""Boots ladders cold and warm on a real Postgres, each on a database of its own, and says where they stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.replay.apply import StatementError, apply_ladder
from harness.replay.attempt import attempt
from harness.replay.boots import DATABASE, blank, boot, warm
from harness.replay.canary.fill import fill
from harness.replay.drift import Changes
from harness.replay.dump import dump
from harness.replay.model import Options
from harness.replay.run import apply_given, replay
from harness.replay.state import take
from harness.repro.model import Boot, Failure

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration
    from harness.replay.model import DataDrift, SchemaDrift
    from harness.replay.server import Server
    from harness.replay.state import State


@dataclass(slots=True)
class Bench:
    """A server, and what stands around the ladders that are booted on it."""

    server: Server
    setup: Migration | None = None
    rows: bool = False
    """Whether canary rows are put into the tables between the boots."""
    seed: Migration | None = None
    """The owner's rows, which are put in instead."""
    looks_on: bool = False
    """Whether to look for what the second boot changes, where none stops."""
    trials: int = 0
    """How many ladders were booted."""

    def symptoms(self, ladder: Ladder) -> list[Failure]:
        """Boot a ladder; return where it stops or, if that is asked for and it does not, all that it changes.

        UsageError where setup or rows cannot be put in.
        """
        if self.looks_on:
            return self._changed(ladder)
        stop = self.stop(ladder)
        return [stop] if stop else []

    def _changed(self, ladder: Ladder) -> list[Failure]:
        self.trials += 1
        options = Options(setup=self.setup, canary=self.rows and self.seed is None, seed=self.seed)
        found = replay(ladder, self.server, options)
        if found.cold.failure:
            return [Failure(Boot.COLD, found.cold.failure)]
        if found.warm and found.warm.first_failure:
            return [Failure(Boot.WARM, found.warm.first_failure)]
        data = [drift for drift in found.data_drift if drift.is_finding]
        drifts: list[SchemaDrift | DataDrift] = [*found.schema_drift, *data]
        return [
            Failure(Boot.WARM, StatementError(place.path, place.line, place.statement, "", drift.what))
            for drift in drifts
            if (place := drift.place)
        ]

    def stop(self, ladder: Ladder) -> Failure | None:
        """Boot a ladder as a server does; return where it stops, None when both boots pass."""
        self.trials += 1
        with blank(self.server, ladder, self.setup) as connection:
            error = apply_ladder(connection, ladder.migrations)
            if error:
                return Failure(Boot.COLD, error)
            connection.close()
            self._fill()
            with warm(self.server, self.setup) as again:
                error = apply_ladder(again, ladder.migrations)
            return Failure(Boot.WARM, error) if error else None

    def changes(self, ladder: Ladder) -> set[str]:
        """Return what the second boot changes, if both pass, without the statements behind it."""
        self.trials += 1
        with blank(self.server, ladder, self.setup) as connection:
            error = apply_ladder(connection, ladder.migrations)
            connection.close()
            if error:
                return set()
            self._fill()
            before = self._state()
            with warm(self.server, self.setup) as again:
                error = apply_ladder(again, ladder.migrations)
            found = Changes(before, self._state())
            return set() if error else {*(each.what for each in found.schema), *(each.what for each in found.data)}

    def _state(self) -> State:
        with self.server.connect(DATABASE) as connection:
            connection.prepare_threshold = None
            return take(connection)

    def failures(self, ladder: Ladder) -> list[StatementError]:
        """Return all statements that fail at the second boot, each tried on its own; the first boot has to pass."""
        with blank(self.server, ladder, self.setup) as connection:
            _, piecewise = boot(connection, ladder)
            connection.close()
            self._fill()
            with warm(self.server, self.setup) as again:
                return attempt(again, ladder.migrations, piecewise=piecewise)

    def piecewise(self, ladder: Ladder) -> frozenset[str]:
        """Return the names of the files that the first boot sends statement by statement."""
        with blank(self.server, ladder, self.setup) as connection:
            _, found = boot(connection, ladder)
            return frozenset(migration.name for migration in found)

    def made_rows(self, ladder: Ladder) -> str:
        """Return the rows that are put in between the boots as INSERTs; empty without any."""
        if not self.rows and self.seed is None:
            return ""
        with blank(self.server, ladder, self.setup) as connection:
            boot(connection, ladder)
            connection.close()
            before = Counter(self._inserts())
            self._fill()
            made = Counter(self._inserts()) - before
            return "\n".join(made.elements())

    def _inserts(self) -> list[str]:
        """Return what writes the rows of all tables and sets the sequences, a statement a line."""
        lines = dump(self.server, DATABASE, "--data-only", "--column-inserts")
        return [line for line in lines if line.startswith(("INSERT INTO ", "SELECT pg_catalog.setval("))]

    def _fill(self) -> None:
        with warm(self.server, self.setup) as connection:
            if self.seed is not None:
                apply_given(connection, self.seed)
            elif self.rows:
                fill(connection)
