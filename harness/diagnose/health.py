"""What a healthcheck that did not pass tells: by its own output, and by the time at which it passes after all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.diagnose.evidence import Evidence

_MISSING = re.compile(
    r"executable file not found|OCI runtime exec failed.{0,300}no such file"
    r"|sh: (?:line )?(?:\d{1,5}: )?[^\s:]{1,200}: (?:command )?not found|\bCommand '[^']{1,200}' not found",
    re.IGNORECASE,
)
_RULES = (
    ("BOOT307", re.compile(r"exceeded timeout|no answer within \d", re.IGNORECASE)),
    ("BOOT304", re.compile(r"\b404\b")),
    (
        "BOOT306",
        re.compile(r"connection refused|can't connect to remote host|ECONNREFUSED|- no response", re.IGNORECASE),
    ),
)


def is_missing(probe_output: str) -> bool:
    """Whether the program that the healthcheck names is not there: it can never pass."""
    return _MISSING.search(probe_output) is not None


def by_probe(probe_output: str) -> str:
    """Return the code of what the last probe's output tells of; empty for none."""
    return next((code for code, pattern in _RULES if pattern.search(probe_output)), "")


def impatience(evidence: Evidence) -> str:
    """Return `ready at 3.1 s, gave up at 3.0 s` where it passed after all; empty where it did not."""
    if evidence.passed_after is None or evidence.gave_up_after is None:
        return ""
    return f"ready at {evidence.passed_after:.1f} s, gave up at {evidence.gave_up_after:.1f} s"
