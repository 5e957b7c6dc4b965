"""What earlier runs ended with: an index over their journals, for trends and for what is red now and then.

It is kept beside the runs' folders, in SQLite. The journals are what counts: `rebuild` makes the index anew from
them. Two runs may write at the same time; each writes once, at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from harness.errors import BootsmokeError
from harness.journal import Record, read
from harness.outcome import Outcome

NAME = "history.sqlite"
_VERSION = 1
_PATIENCE = 10.0
"""Seconds to wait for another run's write."""
_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    run TEXT NOT NULL, at REAL NOT NULL, "commit" TEXT NOT NULL, changed INTEGER NOT NULL, scenario TEXT NOT NULL,
    outcome TEXT NOT NULL, seconds REAL NOT NULL, cold REAL, warm REAL, cause TEXT NOT NULL,
    PRIMARY KEY (run, scenario)
)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one scenario ended with in one run."""

    run: str
    at: float
    """When the run began, in seconds since the epoch."""
    commit: str
    """What was checked out; empty outside of a repository."""
    changed: bool
    """Whether tracked files differed from the commit."""
    scenario: str
    outcome: Outcome
    seconds: float
    cold: float | None
    """Seconds of the first cold boot; None where there was none."""
    warm: float | None
    """Seconds of the first warm boot; None where there was none."""
    cause: str
    """The code of what failed unexpectedly; empty where nothing did."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON tells it."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"outcome": self.outcome.value}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Entry:
        """Return the entry that a document tells."""
        return cls(**{**told, "outcome": Outcome(told["outcome"])})


def entries(records: Iterable[Record]) -> list[Entry]:
    """Return what a journal tells of each scenario that ended."""
    told = list(records)
    start = next((record for record in told if record.kind == "run.started"), None)
    if start is None:
        return []
    ends = [record for record in told if record.kind == "scenario.finished"]
    return [_entry(start, end, [record for record in told if _is_boot(record, end)]) for end in ends]


def _is_boot(record: Record, end: Record) -> bool:
    return record.kind == "boot.finished" and record.data.get("scenario") == end.data["scenario"]


def _entry(start: Record, end: Record, boots: Sequence[Record]) -> Entry:
    outcome = Outcome(end.data["outcome"])
    causes = [one["cause"]["code"] for boot in boots for one in boot.data["results"] if one["cause"]]
    seconds = {kind: _first(boots, kind) for kind in ("cold", "warm")}
    commit = start.data.get("commit") or {}
    return Entry(
        run=start.data["id"],
        at=start.at,
        commit=commit.get("sha", ""),
        changed=commit.get("changed", False),
        scenario=end.data["scenario"],
        outcome=outcome,
        seconds=end.data["seconds"],
        cold=seconds["cold"],
        warm=seconds["warm"],
        cause="" if outcome is Outcome.PASSED else next(reversed(causes), ""),
    )


def _first(boots: Sequence[Record], kind: str) -> float | None:
    return next((float(boot.data["seconds"]) for boot in boots if boot.data["of"] == kind), None)


def is_flaky(same: Iterable[Entry]) -> bool:
    """Whether one commit has both passed and failed, with nothing changed in its files."""
    seen: dict[str, set[Outcome]] = {}
    for entry in same:
        if entry.commit and not entry.changed and entry.outcome in (Outcome.PASSED, Outcome.FAILED):
            seen.setdefault(entry.commit, set()).add(entry.outcome)
    return any(len(outcomes) > 1 for outcomes in seen.values())


class History:
    """The index over the runs in a folder; BootsmokeError where it cannot be read or written."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self.path = runs / NAME

    def add(self, new: Iterable[Entry]) -> None:
        """Add what a run ended with; what is known of it already is replaced."""
        rows = [(*astuple(entry)[:5], entry.outcome.value, *astuple(entry)[6:]) for entry in new]
        marks = ", ".join("?" * len(fields(Entry)))
        with self._open() as connection:
            connection.executemany(f"INSERT OR REPLACE INTO runs VALUES ({marks})", rows)  # noqa: S608 - marks alone

    def last(self, number: int, scenarios: Iterable[str] | None = None) -> dict[str, list[Entry]]:
        """Return the last entries of each scenario, oldest first; of those that are named, or of all."""
        if not self.path.exists():
            return {}
        with self._open() as connection:
            known = [str(name) for (name,) in connection.execute("SELECT DISTINCT scenario FROM runs ORDER BY 1")]
            wanted = known if scenarios is None else [name for name in scenarios if name in known]
            return {name: list(reversed(list(_last(connection, name, number)))) for name in wanted}

    def rebuild(self) -> int:
        """Make the index anew from the journals that are there, and return how many runs it holds."""
        found = [entries(read(journal)) for journal in sorted(self._runs.glob("*/journal.jsonl"))]
        self.path.unlink(missing_ok=True)
        self.add(entry for run in found for entry in run)
        return sum(1 for run in found if run)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                self._prepare(connection)
                yield connection
        except sqlite3.Error as error:
            message = f"{self.path}: the history cannot be used: {error}"
            raise BootsmokeError(message, help="`bootsmoke history --rebuild` makes it anew") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise BootsmokeError(
                f"{self.path} was written by another version of bootsmoke (format {version}, not {_VERSION})",
                help="`bootsmoke history --rebuild` makes it anew",
            )
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _last(connection: sqlite3.Connection, scenario: str, number: int) -> Iterator[Entry]:
    query = "SELECT * FROM runs WHERE scenario = ? ORDER BY at DESC, run DESC LIMIT ?"
    for row in connection.execute(query, (scenario, number)):
        told = dict(zip((field.name for field in fields(Entry)), row, strict=True))
        yield Entry.of(told | {"changed": bool(told["changed"])})
