"""Boots ladders cold and warm on a real Postgres, each on a database of its own, and says where they stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.replay.apply import apply_ladder
from harness.replay.attempt import attempt
from harness.replay.boots import DATABASE, blank, boot, warm
from harness.replay.canary.fill import fill
from harness.replay.dump import dump
from harness.repro.model import Boot, Failure

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration
    from harness.replay.apply import StatementError
    from harness.replay.server import Server


@dataclass(slots=True)
class Bench:
    """A server, and what stands around the ladders that are booted on it."""

    server: Server
    setup: Migration | None = None
    rows: bool = False
    """Whether canary rows are put into the tables between the boots."""
    trials: int = 0
    """How many ladders were booted."""

    def stop(self, ladder: Ladder) -> Failure | None:
        """Boot a ladder as a server does; return where it stops, None when both boots pass."""
        self.trials += 1
        with blank(self.server, ladder, self.setup) as connection:
            error = apply_ladder(connection, ladder.migrations)
            if error:
                return Failure(Boot.COLD, error)
            connection.close()
            if self.rows:
                self._fill()
            with warm(self.server, self.setup) as again:
                error = apply_ladder(again, ladder.migrations)
            return Failure(Boot.WARM, error) if error else None

    def failures(self, ladder: Ladder) -> list[StatementError]:
        """Return all statements that fail at the second boot, each tried on its own; the first boot has to pass."""
        with blank(self.server, ladder, self.setup) as connection:
            _, piecewise = boot(connection, ladder)
            connection.close()
            if self.rows:
                self._fill()
            with warm(self.server, self.setup) as again:
                return attempt(again, ladder.migrations, piecewise=piecewise)

    def made_rows(self, ladder: Ladder) -> str:
        """Return the rows that are put in between the boots as INSERTs; empty without any."""
        if not self.rows:
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
        with self.server.connect(DATABASE) as connection:
            connection.prepare_threshold = None
            fill(connection)
