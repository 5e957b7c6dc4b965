"""The value that explains a failure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a boot failed, as far as the evidence goes; empty strings and None for what is not known."""

    code: str
    """A stable code: BOOT1xx migrations, 2xx crashloops, 3xx health, 4xx stack and configuration."""
    title: str
    service: str
    message: str
    """What happened, in the words of the program or of Postgres."""
    advice: str
    """What to do: one sentence."""
    path: str | None = None
    """The migration file."""
    line: int | None = None
    """The 1-based line of the failing statement's first token."""
    statement: str | None = None
    """The failing statement's text, shortened to 200 characters."""
    sqlstate: str | None = None
    object: str | None = None
    """The constraint, table, column or other thing that the message names."""
    confidence: str = "guessed"
    """proved (the statement was run again and failed alike), matched (text and statement agree), guessed."""
    evidence: tuple[str, ...] = ()
    """The lines of the logs that say so."""
    fix: str | None = None
    """A unified diff of the ladder with which it boots twice, proved by a replay; paths as in `path`."""
    repro: str | None = None
    """The command that shows the failure again."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Return the cause that a document tells; KeyError or TypeError where it is none."""
        known = {field.name for field in fields(cls)} & document.keys()
        return cls(**{name: document[name] for name in known} | {"evidence": tuple(document["evidence"])})

    def document(self) -> dict[str, Any]:
        """Return the fields of the command line's contract; `latency_ms` is added by whoever timed it."""
        keys = ("code", "service", "path", "line", "statement", "sqlstate", "object", "message", "advice")
        return {key: getattr(self, key) for key in keys} | {
            "title": self.title,
            "confidence": self.confidence,
            "evidence": list(self.evidence),
            "fix": self.fix,
            "repro": self.repro,
        }
