"""What a rule is: a code that never changes its meaning, what it says of a statement, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.diagnose.messages import Complaint, complaint
from harness.simulator.model import Drift, DriftKind, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Sequence


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def counts(self) -> bool:
        """Whether it fails the command; notes never do."""
        return self is not Severity.NOTE

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Case:
    """A verdict, and what rules ask of it."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.node: Any = verdict.node
        self.sqlstate = verdict.sqlstate
        self.statement = verdict.node.DESCRIPTOR.name if verdict.node is not None else ""
        """The kind of the parse tree's root: CreateStmt, AlterTableStmt, ..."""

    @cached_property
    def said(self) -> Complaint:
        """What Postgres's message names."""
        message = self.verdict.message
        return complaint(message) or Complaint(self.verdict.sqlstate, message)

    @property
    def thing(self) -> str:
        """The kind of thing that the message names: relation, constraint, type, ..."""
        return self.said.kind

    def drifts(self, kind: DriftKind) -> list[Drift]:
        """Return the changes of one kind."""
        return [drift for drift in self.verdict.drifts if drift.kind is kind]


Test = Callable[[Case], bool]
Says = Callable[[Case], str]
"""Returns what will happen at the next boot; empty where the rule has nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the guard."""

    code: str
    title: str
    """What is wrong: a clause."""
    severity: Severity
    help: str
    """What to do: a sentence or two."""
    why: str
    before: str
    """SQL that the rule speaks of ..."""
    after: str
    """... and what it should be."""
    source: str
    """Where Postgres, or the tool, says so."""
    says: Says

    @property
    def is_for_every_boot(self) -> bool:
        """Whether it speaks of a ladder whose files all run again at every boot."""
        return self.code not in ("LAD302", "LAD303")

    @property
    def is_for_tracked(self) -> bool:
        """Whether it speaks of a ladder with a tracker."""
        return self.code[:4] not in ("LAD1", "LAD2")


def stops(test: Test) -> Says:
    """Return what is said of a statement that fails and passes the test."""
    return lambda case: _stop(case.verdict) if case.verdict.kind is VerdictKind.FAILS and test(case) else ""


def _stop(verdict: Verdict) -> str:
    return f"the next boot stops here: {verdict.message}"


def changes(kind: DriftKind, tell: Callable[[Sequence[Drift]], str], test: Test | None = None) -> Says:
    """Return what is said of a statement that changes the database in one way."""

    def says(case: Case) -> str:
        found = case.drifts(kind)
        return tell(found) if found and (test is None or test(case)) else ""

    return says


def elsewhere(_: Case) -> str:
    """Say nothing of a verdict: what the rule is about is found elsewhere."""
    return ""


def objects(found: Sequence[Drift]) -> str:
    """Return the names of what is changed."""
    return ", ".join(dict.fromkeys(drift.object for drift in found))


def columns(found: Sequence[Drift]) -> str:
    """Return the columns that are changed, each with its table."""
    named = (f"{drift.object}.{column}" for drift in found for column in drift.columns)
    return ", ".join(dict.fromkeys(named)) or objects(found)
