"""What a simulation found, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration, Statement
    from harness.simulator.catalog.objects import Object


class VerdictKind(StrEnum):
    """What a second boot makes of a statement."""

    PASSES = "passes"
    FAILS = "fails"
    DRIFTS = "drifts"
    """It passes, and the database is not what it was: see `Verdict.drifts`."""
    UNKNOWN = "unknown"


class DriftKind(StrEnum):
    """In what way a statement of the second boot changes the database."""

    ROWS_ADDED = "rows added"
    ROWS_REMOVED = "rows removed"
    ROWS_CHANGED = "rows changed"
    TABLE_REMADE = "table remade"
    """A table is dropped and made again: what was in it is gone."""
    COLUMN_REMADE = "column remade"
    SCHEMA_CHANGED = "schema changed"
    """An object is not what it was before the boot."""
    SEQUENCE_MOVED = "sequence moved"


@dataclass(frozen=True, slots=True)
class Drift:
    """One change that a statement of the second boot makes; `object` is what is changed, as a reader names it."""

    kind: DriftKind
    object: str
    detail: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second boot makes of one statement."""

    migration: Migration
    statement: Statement
    kind: VerdictKind
    sqlstate: str = ""
    """What Postgres would say, where it fails."""
    message: str = ""
    """Postgres's own words for it, or close to them."""
    reason: str = ""
    """Why it is unknown: one clause."""
    drifts: tuple[Drift, ...] = ()
    node: Any = None
    """The statement's parse tree; None where the parser refuses it."""
    changes: tuple[tuple[Object | None, Object | None], ...] = ()
    """What it makes of each object of the catalog at the second boot: what that was and is."""
    cold: tuple[tuple[Object | None, Object | None], ...] = ()
    """The same for the first boot."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """A ladder, played twice."""

    ladder: Ladder
    verdicts: tuple[Verdict, ...]
    """One for each statement, in the order of the boot."""
    assumed: tuple[str, ...] = ()
    """What the ladder needs and does not make, taken as given: one name with its kind each."""
    seconds: float = field(default=0.0, compare=False)
