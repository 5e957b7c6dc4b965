"""What a replay found, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration
    from harness.replay.apply import StatementError
    from harness.replay.canary.model import Filling
    from harness.replay.interrupt import Interruptions
    from harness.replay.race import Race


@dataclass(frozen=True, slots=True)
class Place:
    """The statement that did something; `line` and `statement` are 1-based."""

    path: str
    line: int
    statement: int


@dataclass(frozen=True, slots=True)
class Cold:
    """The boot on an empty database; `failure` is where it stopped."""

    seconds: float
    failure: StatementError | None

    @property
    def ok(self) -> bool:
        """Whether every file passed."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class Warm:
    """The second boot on the same database."""

    seconds: float
    """How long the server's own boot took, until its end or its first error."""
    first_failure: StatementError | None
    """Where a server that sends whole files stops."""
    failures: tuple[StatementError, ...]
    """All statements that fail, each tried on its own."""
    wal_bytes: int
    """What the server's boot wrote to the write-ahead log, other sessions of the server included."""

    @property
    def ok(self) -> bool:
        """Whether every file, and every statement, passed."""
        return self.first_failure is None and not self.failures


@dataclass(frozen=True, slots=True)
class SchemaDrift:
    """One object of the schema that the warm boot changed, with its definitions; None where there is none."""

    kind: str
    object: str
    before: str | None
    after: str | None
    place: Place | None
    again: bool = False
    """The third boot changed it once more."""

    @property
    def what(self) -> str:
        """What happened, in the same words however large the ladder is."""
        verb = "makes" if self.before is None else "drops" if self.after is None else "changes"
        return f"{verb} {self.kind} {self.object} at the second boot"


class DataKind(StrEnum):
    """What became of rows."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    VOLATILE = "volatile"
    """Changed, but only in columns to which two boots give different values: now(), random()."""
    REMADE = "remade"
    """The table, or a column, was dropped and made again: what was in it is gone."""
    SEQUENCE = "sequence"
    """Moved on: `before` and `after` are its values, not numbers of rows."""


@dataclass(frozen=True, slots=True)
class DataDrift:
    """What the warm boot did to the rows of one table, or to one sequence."""

    kind: DataKind
    table: str
    before: int
    """Rows before the boot."""
    after: int
    """Rows after it."""
    rows: int
    """How many rows were added, removed or changed."""
    columns: tuple[str, ...]
    """Which columns were changed or remade; empty for whole rows."""
    place: Place | None
    again: bool = False
    """The third boot did it once more."""

    @property
    def is_finding(self) -> bool:
        """Whether somebody should mend the ladder; a time that every boot sets anew is only told."""
        return self.kind is not DataKind.VOLATILE

    @property
    def what(self) -> str:
        """What happened, in the same words however many rows there are."""
        match self.kind:
            case DataKind.SEQUENCE:
                return f"moves sequence {self.table} at the second boot"
            case DataKind.REMADE:
                return f"makes {self.table} again at the second boot: what was in it is lost"
            case kind:
                return f"rows of {self.table} are {kind.value} at the second boot"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A statement of the warm boot that wrote rows, or a whole table, without changing what they say."""

    table: str
    rows: int
    place: Place
    wal_bytes: int


@dataclass(frozen=True, slots=True)
class Replay:
    """A ladder, booted cold and warm on a real Postgres."""

    ladder: Ladder
    postgres: str
    """The server's version, such as 18.1."""
    cold: Cold
    warm: Warm | None
    """None when the cold boot failed in its first file; otherwise the files before the failure were replayed."""
    schema_drift: tuple[SchemaDrift, ...] = ()
    data_drift: tuple[DataDrift, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    canary: Filling | None = None
    """The rows that were made for the warm boot; None without a canary."""
    notes: tuple[str, ...] = field(default=())
    race: Race | None = None
    """What became of boots at the same moment; None when that was not asked for."""
    interruptions: Interruptions | None = None
    """What became of interrupted boots; None when that was not asked for."""

    @property
    def ok(self) -> bool:
        """Whether the ladder survives all that was asked for, and a second boot leaves the database as it was."""
        drifted = bool(self.schema_drift) or any(drift.is_finding for drift in self.data_drift)
        survived = all(each is None or each.ok for each in (self.race, self.interruptions))
        return self.cold.ok and self.warm is not None and self.warm.ok and not drifted and survived


@dataclass(frozen=True, slots=True)
class Options:
    """What a replay is asked to do."""

    setup: Migration | None = None
    """SQL that stands before the ladder; at a warm boot only its SET statements run again."""
    canary: bool = True
    """Whether every table gets a few rows before the warm boot."""
    seed: Migration | None = None
    """SQL that makes the owner's own rows before the warm boot, instead of the canary's."""
    race: int = 0
    """How many boots race each other; 0 for no race."""
    interrupt: bool = False
    """Whether first boots are interrupted after every statement."""
