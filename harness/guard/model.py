"""What the guard found, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.guard.rules.rule import Rule, Severity
    from harness.ladder.model import Ladder, Migration, Statement
    from harness.sql.edits import Fix


class Runner(StrEnum):
    """How the server applies the ladder."""

    EVERY_BOOT = "every-boot"
    """No tracker: all files run again at every boot."""
    TRACKED = "tracked"
    """A table says what has been applied: a file runs again only when it was interrupted half-way."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A runner, and why it was taken."""

    runner: Runner
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule says of one place in a migration."""

    rule: Rule
    migration: Migration
    message: str
    """What will happen."""
    line: int
    column: int
    end_line: int
    statement: Statement | None = None
    """None where the finding is about a comment."""
    kind: str = ""
    sqlstate: str = ""
    fails: bool = False
    """The second boot stops at this statement."""
    help: str = ""
    because: tuple[Migration, Statement] | None = None
    """The later statement that takes away what this one needs."""
    fix: Fix | None = field(default=None, compare=False)
    mark: str = ""
    """What tells it from all others of its ladder, whatever is written above it; see `baseline.marked`."""

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """The rule's severity."""
        return self.rule.severity

    @property
    def path(self) -> Path:
        """The migration's file."""
        return self.migration.path


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that somebody has accepted, and their reason."""

    finding: Finding
    reason: str
    in_source: bool
    """By a comment in the file; otherwise by the baseline or the configuration."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the guard makes of one ladder."""

    ladder: Ladder
    choice: Choice
    findings: tuple[Finding, ...]
    """In the order of the boot."""
    accepted: tuple[Accepted, ...] = ()
    assumed: tuple[str, ...] = ()
    """What the ladder needs and does not make."""
    statements: int = 0
    unknown: int = 0
    """Statements that are not understood."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is nothing but notes."""
        return not any(finding.severity.counts for finding in self.findings)
