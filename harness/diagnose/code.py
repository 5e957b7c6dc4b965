"""One failure code, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One failure code; it never changes its meaning once released."""

    code: str
    title: str
    meaning: str
    recognised: str
    """By what bootsmoke tells it from others: one sentence."""
    advice: str
    """What to do: one sentence."""
    example: str
    """What is seen of it, as logs, probes and the engine show it."""
    fails: bool = True
    """Whether a boot fails by it; False for what could merely be better."""

    @property
    def severity(self) -> str:
        """`error`, or `note` for what fails nothing."""
        return "error" if self.fails else "note"
